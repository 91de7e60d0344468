/** Lines for builds, logs and reports. */
import { describe, expect, test } from "vitest";
import { causeTexts } from "../../../src/cli/display/cause-block.ts";
import { writtenLine } from "../../../src/cli/display/text/line.ts";
import { heartbeatText, isFailure, plainLine, PlainLog } from "../../../src/cli/display/plain-log.ts";
import { stackCountText } from "../../../src/cli/display/progress-line.ts";
import { reportLines } from "../../../src/cli/display/report.ts";
import { VerboseLog } from "../../../src/cli/display/verbose-log.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../../src/protocol/stack/stack-frames.ts";
import { at, begun, NOTHING, planned, reported } from "../../domain/deployment/reported.ts";
import { framesOf, moment, sceneOf } from "./scenes.ts";

const PLAIN = { color: false, unicode: true };
const COLORED = { color: true, unicode: true };

const instance = { stack: "database", resource: { name: "Instance", type: "AWS::RDS::DBInstance" } };
const DENIED = "User is not authorized to perform: rds:CreateDBInstance";

/** A failure in the second of three layers. */
const FAILING: readonly DeploymentEvent[] = [
  begun([
    planned("network", 1),
    planned("database", 2, "network"),
    planned("shop", 3, "database"),
    planned("mail", 1),
  ]),
  reported("stack_deploying", 1, { stack: "network", totalResources: 1 }),
  reported("stack_skipped", 2, { stack: "mail", reason: "no changes" }),
  reported("stack_deployed", 61, { stack: "network" }),
  reported("stack_deploying", 62, { stack: "database", totalResources: 2 }),
  reported("resource_creating", 63, instance),
  reported("resource_failed", 93, { ...instance, error: { code: "CREATE_FAILED", message: DENIED } }),
  reported("stack_failed", 100, {
    stack: "database",
    error: { code: "ROLLBACK_COMPLETE", message: `Instance: ${DENIED}` },
  }),
];

const fold = (events: readonly DeploymentEvent[]) => foldDeployment(NOTHING, events);

const whole = fold(FAILING);

const finished = sceneOf(whole.state, 100).progress;

describe("plain lines", () => {
  test("tell each change once, with its time and its stack", () => {
    const log = new PlainLog(PLAIN, 0);
    expect(log.take(framesOf(whole.events), 0)).toEqual([
      "2025-10-09T14:30:00Z Deployment started: D1BRV40-dev",
      "2025-10-09T14:30:01Z Layer 1/3 started: network, mail",
      "2025-10-09T14:30:01Z [network] Deploying",
      "2025-10-09T14:30:02Z [mail] ↷ Skipped: no changes",
      "2025-10-09T14:31:01Z [network] ✓ Deployed (60s, 0 resources)",
      "2025-10-09T14:31:01Z Layer 1 complete (60s)",
      "2025-10-09T14:31:02Z Layer 2/3 started: database",
      "2025-10-09T14:31:02Z [database] Deploying",
      "2025-10-09T14:31:03Z [database] Creating: AWS::RDS::DBInstance (Instance)",
      `2025-10-09T14:31:33Z [database] ✗ Failed: AWS::RDS::DBInstance (Instance): ${DENIED}`,
      `2025-10-09T14:31:40Z [database] ✗ Failed: Instance: ${DENIED}`,
      "2025-10-09T14:31:40Z Layer 2 ended: 1 failed (38s)",
      `2025-10-09T14:31:40Z ✗ Deployment failed (1 deployed, 1 skipped, 1 failed, 100s): Instance: ${DENIED}`,
    ]);
  });

  test("say the same in ASCII, and with nothing but colours where those are wanted", () => {
    const [, , , skipped] = framesOf(whole.events);
    if (!skipped) throw new Error("no event");
    expect(plainLine(skipped, { color: false, unicode: false })).toBe(
      "2025-10-09T14:30:02Z [mail] - Skipped: no changes",
    );
    expect(plainLine(skipped, COLORED).replace(/\u001b\[[\d;]*m/g, "")).toBe(plainLine(skipped, PLAIN));
  });

  test("of failures are those of resources, stacks and the whole", () => {
    const failures = framesOf(whole.events).filter(isFailure);
    expect(failures.map(({ type }) => type)).toEqual([
      "resource_failed",
      "stack_failed",
      "deployment_failed",
    ]);
  });

  test("show a sign of life after 30 s of silence, and again after 30 more", () => {
    const log = new PlainLog(PLAIN, moment(63));
    const scene = sceneOf(fold(FAILING.slice(0, 6)).state, 93);
    log.take(framesOf(FAILING.slice(0, 6)), moment(63));
    expect([log.beat(scene, moment(92)), log.beat(scene, moment(93)), log.beat(scene, moment(94))]).toEqual([
      [],
      ["2025-10-09T14:31:33Z Still deploying: 50% (2/4 stacks), running: database (31s), 93s elapsed"],
      [],
    ]);
    expect(log.beat(scene, moment(123))).toHaveLength(1);
  });

  test("show no sign of life of what is over, and say when nobody knows", () => {
    expect(heartbeatText(sceneOf(whole.state, 200), moment(200))).toBeUndefined();
    const lost = {
      connection: { kind: "reconnecting", since: moment(80), failures: 3 },
      isNew: false,
    } as const;
    expect(heartbeatText(sceneOf(fold(FAILING.slice(0, 6)).state, 93, lost), moment(93))).toMatch(
      / \(connection lost 13s ago, reconnecting\)$/,
    );
  });

  test("tell of a stack on its own in CloudFormation's words", () => {
    const stack = {
      name: "shop",
      status: "CREATE_IN_PROGRESS",
      totalResources: 2,
      completedResources: 0,
      inProgressResources: 1,
      failedResources: 0,
      progress: 0,
    };
    const frame: StackFrame = {
      type: "resource_update",
      timestamp: at(1),
      resource: {
        logicalId: "Bucket",
        path: "Nested/Bucket",
        type: "AWS::S3::Bucket",
        status: "CREATE_IN_PROGRESS",
        physicalId: "",
        progress: 0,
        reason: "Resource creation Initiated",
        stackId: "arn",
      },
      stack,
      channel: "stacks/eu-west-1/shop",
      offset: 1,
    };
    expect(plainLine(frame, PLAIN)).toBe(
      "2025-10-09T14:30:01Z [Nested/Bucket] → CREATE_IN_PROGRESS AWS::S3::Bucket: Resource creation Initiated",
    );
  });
});

describe("the verbose log", () => {
  const lines = (events: readonly DeploymentEvent[]): string[] =>
    new VerboseLog().take(framesOf(events)).map((one) => writtenLine(one, PLAIN));

  test("heads a layer where its first stack begins, and tells a lone failure as the end of its tree", () => {
    expect(lines(whole.events)).toEqual([
      "[14:30:00] Deployment started: D1BRV40-dev",
      "[14:30:00] Total stacks: 4 (3 layers)",
      "",
      `[14:30:01] ${"─── Layer 1/3 ".padEnd(45, "─")}`,
      "[14:30:01] Deploying (parallel): network, mail",
      "[14:30:02] Smart skip: 1 stack unchanged (mail)",
      "[14:31:01]   [network] ✓ Deployed (60s, 0 resources)",
      "",
      `[14:31:02] ${"─── Layer 2/3 ".padEnd(45, "─")}`,
      "[14:31:02] Deploying: database",
      "[14:31:03]   ├─ Creating: AWS::RDS::DBInstance (Instance)",
      `[14:31:33]   ├─ ✗ Failed: AWS::RDS::DBInstance (Instance): ${DENIED}`,
      `[14:31:40]   └─ ✗ Failed: Instance: ${DENIED}`,
      "",
      `[14:31:40] ✗ Deployment failed (1 deployed, 1 skipped, 1 failed, 100s): Instance: ${DENIED}`,
    ]);
  });

  test("ends a tree where another stack begins beside it, and tells of one that begins late", () => {
    const { events } = fold([
      begun([planned("network", 1), planned("dns", 2, "network"), planned("mail", 2, "network")]),
      reported("stack_deploying", 1, { stack: "network" }),
      reported("stack_deployed", 10, { stack: "network" }),
      reported("stack_deploying", 11, { stack: "dns" }),
      reported("stack_deploying", 20, { stack: "mail" }),
    ]);
    expect(lines(events).slice(-3)).toEqual([
      `[14:30:11] ${"─── Layer 2/2 ".padEnd(45, "─")}`,
      "[14:30:11] Deploying (parallel): dns, mail",
      "[14:30:20]   [mail] Deploying",
    ]);
  });

  test("tells once that a resource begins, however often AWS does", () => {
    const vpc = { stack: "network", resource: { name: "Vpc", type: "AWS::EC2::VPC" } };
    const { events } = fold([
      begun([planned("network", 1)]),
      reported("stack_deploying", 1, { stack: "network" }),
      reported("resource_updating", 2, vpc),
      reported("resource_updating", 3, { ...vpc, reason: "Requested update required" }),
      reported("resource_updated", 4, vpc),
      reported("resource_updating", 5, vpc),
    ]);
    expect(lines(events).slice(-3)).toEqual([
      "[14:30:02]   ├─ Updating: AWS::EC2::VPC (Vpc)",
      "[14:30:04]   ├─ Updated: Vpc (2s)",
      "[14:30:05]   ├─ Updating: AWS::EC2::VPC (Vpc)",
    ]);
  });

  test("begins anew with a new run", () => {
    const log = new VerboseLog();
    log.take(framesOf(whole.events));
    const [first] = log.take(framesOf([reported("deployment_started", 500, { run: 2 })]));
    expect(first && writtenLine(first, PLAIN)).toBe("[14:38:20] Deployment started: D1BRV40-dev (run 2)");
  });
});

describe("the report", () => {
  test("of a failure says why, what did not start because of it, and what to do", () => {
    expect(finished && reportLines(finished)).toEqual([
      "✗ Deployment Failed: D1BRV40-dev",
      "",
      "Deployment D1BRV40 to dev environment failed.",
      "",
      "Cause: database › Instance (AWS::RDS::DBInstance)",
      `  ${DENIED}`,
      "Blast: 1 stack did not start: shop (layer 3)",
      "Next:  Fix the cause and deploy again with your own tool: the run appears here",
      "",
      "Summary:",
      "- Total Stacks: 4",
      "- Deployed: 1",
      "- Skipped: 1",
      "- Failed: 1",
      "- Duration: 100s",
      "- Resources: 0 done, 1 failed",
      "- Failed at: Layer 2/3",
      "",
      "Stacks:",
      "  ✓ network   layer 1  deployed          60s  0/1 resources",
      "  ↷ mail      layer 1  skipped",
      "  ✗ database  layer 2  failed            38s  0/2 resources",
      "  ⏸ shop      layer 3  not started",
    ]);
  });

  test("of a success is the seeds' mail", () => {
    const { state } = fold([
      begun([planned("network", 1), planned("mail", 1)]),
      reported("stack_skipped", 1, { stack: "mail" }),
      reported("stack_deploying", 1, { stack: "network" }),
      reported("stack_deployed", 1215, { stack: "network" }),
    ]);
    const { progress } = sceneOf(state, 1215);
    expect(progress && reportLines(progress).slice(0, 9)).toEqual([
      "✓ Deployment Complete: D1BRV40-dev",
      "",
      "Deployment D1BRV40 to dev environment completed successfully.",
      "",
      "Summary:",
      "- Total Stacks: 2",
      "- Deployed: 1",
      "- Skipped: 1",
      "- Duration: 20m 15s",
    ]);
  });

  test("of a success begins with what the stacks give", () => {
    const { state } = fold([
      begun([planned("network", 1)]),
      reported("stack_deploying", 1, { stack: "network" }),
      reported("stack_deployed", 9, {
        stack: "network",
        outputs: { VpcId: "vpc-1", Site: "https://a.test" },
      }),
    ]);
    const { progress } = sceneOf(state, 9);
    expect(progress && reportLines(progress).slice(4, 8)).toEqual([
      "Outputs:",
      "  network.VpcId = vpc-1",
      "  network.Site = https://a.test",
      "",
    ]);
  });

  test("of a rollback says whether anything had failed, and that what is deleted is no success", () => {
    const backAfter = (...before: readonly DeploymentEvent[]) => {
      const { state } = fold([
        ...before,
        reported("deployment_rolling_back", 200),
        reported("stack_deleting", 201, { stack: "network" }),
        reported("stack_deleted", 210, { stack: "network" }),
        reported("stack_rolled_back", 211, { stack: "database" }),
      ]);
      const { progress } = sceneOf(state, 220);
      return progress ? reportLines(progress) : [];
    };
    const failed = backAfter(...FAILING);
    expect(failed).toContain("Deployment D1BRV40 to dev environment failed and was rolled back.");
    expect(failed).toContainEqual(expect.stringMatching(/^ {2}↺ network +layer 1 +deleted /));
    const cancelled = backAfter(
      ...FAILING.slice(0, 5),
      reported("stack_deployed", 90, { stack: "database" }),
      reported("deployment_cancelling", 91),
    );
    expect(cancelled).toContain("Deployment D1BRV40 to dev environment was rolled back.");
  });

  test("of a run that its orchestrator calls complete tells what failed in it", () => {
    const { state } = fold([
      reported("deployment_started", 0, { totalStacks: 2 }),
      ...FAILING.slice(-4),
      reported("deployment_complete", 110),
    ]);
    const { progress } = sceneOf(state, 110);
    expect(progress && reportLines(progress)[2]).toBe(
      "Deployment D1BRV40 to dev environment completed, with 1 failed stack.",
    );
  });

  test("counts every stack that a rollback concerned as back once it has ended", () => {
    const counted = (status: "rolling_back" | "rolled_back") =>
      finished && stackCountText({ ...finished, status });
    expect([counted("rolling_back"), counted("rolled_back")]).toEqual(["0/2 rolled back", "2/2 rolled back"]);
  });

  test("names commands where Stackcast itself deploys", () => {
    const next = (status: "failed" | "rolled_back" | "cancelled") =>
      finished && causeTexts({ ...finished, mode: "deploy", status }).at(-1);
    expect([next("failed"), next("rolled_back"), next("cancelled")]).toEqual([
      "Next:  Fix the cause, then retry what is not deployed, or roll back to the state before this run: stackcast retry D1BRV40 --environment dev, or stackcast rollback D1BRV40 --environment dev",
      "Next:  Everything is as it was before: fix the cause, then retry: stackcast retry D1BRV40 --environment dev",
      "Next:  Retry to deploy what is not deployed yet: stackcast retry D1BRV40 --environment dev",
    ]);
  });
});

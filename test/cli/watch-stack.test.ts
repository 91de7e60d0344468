import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StackSummary } from "../../src/protocol/stack/stack-summary.ts";
import { FakeServer } from "../client/fake-server.ts";
import { refused, succeeded } from "../client/fake-rest.ts";
import { eventually } from "../support/eventually.ts";
import { begin, objectsIn, ownFolder, type Running } from "./terminal-client.ts";

const CHANNEL = "stacks/eu-west-1/network";
const ARN = "arn:aws:cloudformation:eu-west-1:1:stack/network/1";

let server: FakeServer;
/** What a look at AWS finds. */
let summary: Partial<StackSummary> | undefined;

beforeEach(async () => {
  summary = { outcome: "deployed", offset: 0 };
  server = await new FakeServer().start();
  server.answer = ({ url }) => {
    if (!url.startsWith("/api/v1/stacks/network?region=eu-west-1")) return undefined;
    return summary
      ? succeeded({ status: "x", resources: [], epoch: "first", ...summary })
      : refused(404, "STACK_NOT_FOUND");
  };
});

afterEach(() => server.stop());

const counts = (status: string, progress: number) => ({
  name: "network",
  status,
  totalResources: 1,
  completedResources: progress === 100 ? 1 : 0,
  inProgressResources: 0,
  failedResources: 0,
  progress,
});

const update = (logicalId: string, status: string, reason = "") => ({
  type: "resource_update",
  timestamp: "2026-01-01T00:00:00.000Z",
  resource: {
    logicalId,
    type: logicalId === "network" ? "AWS::CloudFormation::Stack" : "AWS::EC2::VPC",
    status,
    physicalId: logicalId === "network" ? ARN : "vpc-1",
    progress: 50,
    reason,
    path: logicalId,
    stackId: ARN,
  },
  stack: counts("CREATE_IN_PROGRESS", 50),
});

const complete = (outcome: string) => ({
  type: "stack_complete",
  timestamp: "2026-01-01T00:01:00.000Z",
  stack: counts("CREATE_COMPLETE", 100),
  outcome,
  outputs: { VpcId: "vpc-1" },
  durationSeconds: 60,
});

const watch = (...more: string[]): Running =>
  begin(["watch", "--stack", "network", "--region", "eu-west-1", "--url", server.url, ...more]);

const BEGUN = update("network", "CREATE_IN_PROGRESS");

const CODES = {
  deployed: 0,
  deployed_with_orphans: 0,
  deleted: 0,
  failed: 1,
  rollback_failed: 1,
  rolled_back: 5,
};

describe("watch --stack", () => {
  test.each(Object.entries(CODES))(
    "a stack that ends %s ends with %i, with its outputs",
    async (outcome, code) => {
      const watching = watch("-o", "ndjson");
      await eventually(() => server.viewers.length === 1, "a viewer");
      server.commit(CHANNEL, BEGUN, update("Vpc", "CREATE_IN_PROGRESS"));
      server.commit(CHANNEL, update("Vpc", "CREATE_COMPLETE"), complete(outcome));
      const ended = await watching.ended;
      expect(ended.code).toBe(code);
      const lines = objectsIn(ended.stdout);
      expect(lines.map(({ type }) => type)).toEqual([
        "version",
        "resource_update",
        "resource_update",
        "resource_update",
        "stack_complete",
        "summary",
      ]);
      expect(lines.at(-1)).toEqual({
        type: "summary",
        region: "eu-west-1",
        stackName: "network",
        end: outcome,
        exitCode: code,
        status: "CREATE_COMPLETE",
        progressPercent: 100,
        durationSeconds: 60,
        outputs: { VpcId: "vpc-1" },
        offset: 4,
      });
    },
  );

  test("a stack that CloudFormation deleted, as it could not create it, is no success", async () => {
    const cause = { ...update("Vpc", "CREATE_FAILED", "no").resource, timestamp: BEGUN.timestamp };
    server.channel(CHANNEL);
    server.commit(CHANNEL, BEGUN, { ...complete("deleted"), outputs: {}, cause });
    summary = { outcome: "deleted", offset: 2 };
    const plain = await watch("-o", "plain").ended;
    expect(plain.code).toBe(5);
    expect(plain.stdout).toContain("✗ Stack failed and rolled back (60s, 1 resource)");
    expect(plain.stdout).toContain(
      "Stack network: failed and rolled back (60s)\nCause: Vpc (AWS::EC2::VPC CREATE_FAILED)",
    );
    const lines = objectsIn((await watch("-o", "ndjson").ended).stdout);
    expect(lines.at(-1)).toMatchObject({ end: "rolled_back", exitCode: 5, cause: { path: "Vpc" } });

    const late = { ...cause, status: "DELETE_FAILED" };
    server.commit(CHANNEL, update("network", "DELETE_IN_PROGRESS"), { ...complete("deleted"), cause: late });
    summary = { outcome: "deleted", offset: 4 };
    expect((await watch("-o", "quiet").ended).code).toBe(0);
  });

  test("without a region it is the one in which the server knows the stack", async () => {
    const asked: string[] = [];
    server.answer = ({ url }) => {
      asked.push(url);
      return succeeded({
        status: "x",
        resources: [],
        epoch: "first",
        region: "eu-west-1",
        outcome: "deployed",
        offset: 2,
      });
    };
    server.channel(CHANNEL);
    server.commit(CHANNEL, BEGUN, complete("deployed"));
    const elsewhere = begin(["watch", "--stack", "network", "--url", server.url, "-o", "ndjson"]);
    const { code, stdout } = await elsewhere.ended;
    expect(code).toBe(0);
    expect(objectsIn(stdout).at(-1)).toMatchObject({
      region: "eu-west-1",
      stackName: "network",
      exitCode: 0,
    });
    expect(asked[0]).toBe("/api/v1/stacks/network");
    expect(server.connections.map(({ url }) => url)).toEqual([
      expect.stringContaining("/canvas/deploy/track/network?region=eu-west-1"),
    ]);
  });

  test("a stack that has ended is looked at once more before that is told, as nobody polls it at rest", async () => {
    server.channel(CHANNEL);
    server.commit(CHANNEL, BEGUN, complete("deployed"));
    summary = { outcome: "deployed", offset: 2 };
    expect((await watch("-o", "quiet").ended).code).toBe(0);

    // A newer operation, of which the channel has not heard yet.
    const { outcome: _none, ...running } = summary;
    summary = { ...running, offset: 3 };
    const watching = watch("-o", "plain");
    await watching.saw("CREATE_IN_PROGRESS");
    server.commit(CHANNEL, update("network", "UPDATE_IN_PROGRESS"), complete("rolled_back"));
    const { code, stdout } = await watching.ended;
    expect(code).toBe(5);
    expect(stdout).toContain("Stack network: failed and rolled back (60s)\nOutputs:\n  VpcId = vpc-1\n");
  });

  test("a stack that does not exist ends with 4, and --wait waits for it, beyond the server's own patience", async () => {
    summary = undefined;
    const missing = await watch("-o", "quiet").ended;
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain("there is no stack network in eu-west-1");

    const watching = watch("--wait", "-o", "quiet");
    await eventually(() => server.viewers.length === 1, "a viewer");
    const error = { code: "STACK_NOT_FOUND", message: "gave up", retryable: false };
    server.broadcast({ type: "error", timestamp: "2026-01-01T00:00:00.000Z", error });
    await eventually(() => server.connections.length === 3, "another connection");
    await eventually(() => server.viewers.length === 1, "a viewer again");
    server.commit(CHANNEL, BEGUN, complete("deployed"));
    expect((await watching.ended).code).toBe(0);
  });

  test("--wait waits for the operation after one that has ended", async () => {
    server.channel(CHANNEL);
    server.commit(CHANNEL, BEGUN, complete("failed"));
    const watching = watch("--wait", "-o", "plain");
    await watching.saw("waiting for stack network to start");
    server.commit(CHANNEL, update("network", "UPDATE_IN_PROGRESS"), complete("deployed"));
    expect((await watching.ended).code).toBe(0);
  });

  test("--log-dir keeps a log of it, with its end", async () => {
    const folder = ownFolder();
    try {
      server.channel(CHANNEL);
      server.commit(CHANNEL, BEGUN, update("Vpc", "CREATE_FAILED", "no\u001b[2J"), complete("failed"));
      expect((await watch("-o", "quiet", "--log-dir", folder.path).ended).code).toBe(1);
      const [file = ""] = readdirSync(folder.path);
      expect(file).toMatch(/^stack-eu-west-1-network-\d{4}-\d\d-\d\d-\d\d-\d\d\.log$/);
      expect(readFileSync(join(folder.path, file), "utf8")).toBe(
        [
          "2026-01-01T00:00:00.000Z INFO  [network] CREATE_IN_PROGRESS AWS::CloudFormation::Stack",
          "2026-01-01T00:00:00.000Z ERROR [Vpc] CREATE_FAILED AWS::EC2::VPC vpc-1: no",
          "2026-01-01T00:01:00.000Z ERROR [network] Stack failed (60s, 1 resource)",
          "",
          "Stack network: failed (60s)",
          "Outputs:",
          "  VpcId = vpc-1",
          "",
        ].join("\n"),
      );
    } finally {
      folder.remove();
    }
  });

  test("credentials that the server lacks end it, in the server's words", async () => {
    const watching = watch("-o", "quiet");
    await eventually(() => server.viewers.length === 1, "a viewer");
    const error = { code: "AWS_CREDENTIALS", message: "The server has no credentials", retryable: false };
    server.broadcast({ type: "error", timestamp: "2026-01-01T00:00:00.000Z", error });
    const { code, stderr } = await watching.ended;
    expect(code).toBe(2);
    expect(stderr).toContain("The server has no credentials (AWS_CREDENTIALS)");
  });

  test("what came while the connection was lost is told once it is back", async () => {
    server.channel(CHANNEL);
    server.commit(CHANNEL, BEGUN);
    summary = { offset: 1 };
    const watching = watch("-o", "plain");
    await watching.saw("CREATE_IN_PROGRESS");
    await server.stop();
    server.commit(CHANNEL, update("Vpc", "CREATE_FAILED", "no"), complete("failed"));
    await server.start();
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(1);
    expect(stdout.match(/CREATE_FAILED/g)).toHaveLength(1);
    expect(stderr).toContain("reconnected and caught up with 2 events, nothing lost");
  });
});

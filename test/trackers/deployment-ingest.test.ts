/** Deployments whose events an orchestrator sends. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { AUDIT_TABLE, aws, newStack, pass, useFarEnd } from "./far-end.ts";
import { addressOf, deploymentOf, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";

useFarEnd();

const event = (type: string, data: Record<string, unknown> = {}, id?: string): IngestEnvelope => ({
  ...(id !== undefined && { id }),
  type,
  timestamp: new Date().toISOString(),
  data,
});

const send = async (deploymentId: string, ...events: readonly IngestEnvelope[]) => {
  const answer = await deploymentOf(deploymentId).ingest(addressOf(deploymentId), events, "pulumi");
  if (!answer.ok) return expect.unreachable(answer.failure.message);
  return answer.value;
};

test("a deployment that an orchestrator tells of is registered by its start, and stacks join as they are named", async () => {
  const report = await send(
    "pulumi",
    event("deployment_started", { totalStacks: 2, totalLayers: 2 }),
    event("stack_deploying", { stack: "network", layer: 1, dependencies: [] }),
    event("resource_creating", {
      stack: "network",
      resource: { urn: "urn:a", type: "aws:ec2/vpc:Vpc", name: "vpc" },
    }),
    event("resource_created", {
      stack: "network",
      resource: { urn: "urn:a", type: "aws:ec2/vpc:Vpc", name: "vpc", id: "vpc-1" },
    }),
    event("stack_deployed", { stack: "network", status: "deployed", outputs: { id: "vpc-1" } }),
    event("stack_deploying", { stack: "web", layer: 2, dependencies: ["network"] }),
    event("stack_deployed", { stack: "web", status: "deployed" }),
  );
  expect(report).toMatchObject({ accepted: 7, refused: 0 });
  expect(await storyOf("pulumi")).toEqual([
    "deployment_started",
    "layer_started 1",
    "stack_deploying network",
    "resource_creating network/vpc",
    "resource_created network/vpc",
    "stack_deployed network",
    "layer_started 2",
    "stack_deploying web",
    // Only now are all announced stacks known, and with them the first layer's.
    "layer_complete 1",
    "stack_deployed web",
    "layer_complete 2",
    "deployment_complete",
  ]);
  expect(await progressOf("pulumi")).toMatchObject({
    status: "deployed",
    user: "pulumi",
    mode: "ingest",
    run: 1,
  });
});

test("an id that was seen before, and what was derived already, changes nothing", async () => {
  await send(
    "again",
    event("deployment_started", { totalStacks: 1 }, "1"),
    event("stack_deploying", { stack: "one" }, "2"),
  );
  const before = await storyOf("again");
  const report = await send(
    "again",
    event("stack_deployed", { stack: "one" }, "2"),
    event("layer_started", { layer: 1 }, "3"),
    event("deployment_started", { totalStacks: 1 }, "4"),
  );
  expect(report.results.map(({ outcome }) => outcome)).toEqual(["known", "known", "known"]);
  expect(await storyOf("again")).toEqual(before);
});

test("a bad event costs itself only, and is told with its reason", async () => {
  const report = await send(
    "bad",
    event("deployment_started", { totalStacks: 1 }, "1"),
    event("stack_deployed", { stack: "one" }, "2"),
    {
      ...event("stack_deploying", { stack: "one" }, "3"),
      timestamp: new Date(Date.now() + 3_600_000).toISOString(),
    },
    event("stack_exploded", { stack: "one" }, "4"),
    event("stack_deploying", { stack: "../etc" }, "5"),
    event("stack_deploying", { stack: "one", environment: "prod" }, "6"),
    event("stack_deploying", { stack: "one" }, "7"),
  );
  expect(report.results.map(({ id, outcome, error }) => [id, outcome, error?.code])).toEqual([
    ["1", "accepted", undefined],
    ["2", "refused", "INVALID_TRANSITION"],
    ["3", "refused", "EVENT_FROM_FUTURE"],
    ["4", "refused", "INVALID_REQUEST"],
    ["5", "refused", "INVALID_REQUEST"],
    ["6", "refused", "INVALID_REQUEST"],
    ["7", "accepted", undefined],
  ]);
});

test("an event that was kept before a rule forbade it is told and audited like the others", async () => {
  aws.dynamoDB.fault = () => "unavailable";
  const logged = vi.spyOn(console, "error").mockReturnValue();
  await send(
    "older",
    event("deployment_started", { totalStacks: 2 }),
    event("stack_deploying", { stack: "one" }),
  );
  await runInDurableObject(deploymentOf("older"), (_, { storage }) => {
    storage.sql.exec(
      `UPDATE log SET body = replace(body, '"totalStacks":2', '"owner":"${"o".repeat(321)}"')`,
    );
  });
  expect(await storyOf("older")).toEqual(["deployment_started", "layer_started 1", "stack_deploying one"]);
  aws.dynamoDB.fault = () => undefined;
  pass(600);
  await work("older");
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1, 2, 3]);
  expect(logged).not.toHaveBeenCalled();
});

test("of an event that is too large for a row of the audit table, the small fields are written", async () => {
  // Nothing is written before the log holds what it is to hold.
  aws.dynamoDB.fault = () => "unavailable";
  await send(
    "large",
    event("deployment_started", { totalStacks: 1 }),
    event("stack_deploying", { stack: "one" }),
    event("stack_deployed", { stack: "one", outputs: { Big: "small" } }),
  );
  // The audit has tried, and tries again later.
  await work("large");
  // As it was kept before events had bounds.
  const large = JSON.stringify("é".repeat(200_000));
  await runInDurableObject(deploymentOf("large"), (_, { storage }) => {
    storage.sql.exec("UPDATE log SET body = replace(body, ?, ?)", '"small"', large);
  });
  aws.dynamoDB.fault = () => undefined;
  pass(600);
  await work("large");
  const written = () => aws.dynamoDB.items(AUDIT_TABLE).find(({ type }) => type?.["S"] === "stack_deployed");
  await expect.poll(written).toBeDefined();
  expect(written()?.["data"]).toMatchObject({ M: { stack: { S: "one" }, truncated: { BOOL: true } } });
  expect(JSON.stringify(written())).not.toContain("Big");
});

test("a channel on which nothing was started knows no deployment", async () => {
  const answer = await deploymentOf("unknown").ingest(
    addressOf("unknown"),
    [event("stack_deploying", { stack: "a" })],
    "kim",
  );
  expect(answer).toMatchObject({ ok: false, failure: { code: "DEPLOYMENT_NOT_FOUND" } });
});

test("whoever deploys a tracked deployment tells of the stack that never begins", async () => {
  const stack = newStack("s-one").own("CREATE_IN_PROGRESS");
  await register("skips", { "s-one": [], "s-two": [] });
  const unknown = await send(
    "skips",
    event("stack_skipped", { stack: "s-three" }),
    event("stack_skipped", { stack: "s-two" }),
  );
  expect(unknown.results.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
    ["refused", "UNKNOWN_STACK"],
    ["accepted", undefined],
  ]);
  pass(5);
  stack.own("CREATE_COMPLETE");
  await pollAll("skips", "s-one");
  expect(await progressOf("skips")).toMatchObject({
    status: "deployed",
    summary: { deployedStacks: 1, skippedStacks: 1, progressPercent: 100 },
  });
});

test("a request that ends a run and begins another, or holds whole runs, leaves each as it ended", async () => {
  const at = (second: number, type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
    type,
    timestamp: `2026-01-01T00:00:0${second}.000Z`,
    data,
  });
  await send(
    "hasty",
    at(0, "deployment_started", { totalStacks: 1 }),
    at(1, "stack_deploying", { stack: "a" }),
  );
  await send(
    "hasty",
    at(2, "stack_deployed", { stack: "a" }),
    at(3, "deployment_started", { totalStacks: 1 }),
    at(4, "stack_deploying", { stack: "b" }),
    at(5, "stack_failed", { stack: "b", error: { code: "E", message: "no" } }),
    at(6, "deployment_started", { totalStacks: 1 }),
  );
  const runs = await deploymentOf("hasty").runs(addressOf("hasty"));
  expect(runs.ok && runs.value.runs).toMatchObject([
    { run: 3, status: "initializing", startTime: "2026-01-01T00:00:06.000Z" },
    { run: 2, status: "failed", failedStacks: 1, endTime: "2026-01-01T00:00:05.000Z" },
    { run: 1, status: "deployed", deployedStacks: 1, endTime: "2026-01-01T00:00:02.000Z" },
  ]);
  await send(
    "at-once",
    at(0, "deployment_started", { totalStacks: 1 }),
    at(1, "stack_deploying", { stack: "a" }),
    at(2, "stack_deployed", { stack: "a" }),
    at(3, "deployment_started", { totalStacks: 1 }),
  );
  const first = await deploymentOf("at-once").progress(addressOf("at-once"), 1);
  expect(first.ok && first.value).toMatchObject({ ...addressOf("at-once"), run: 1, status: "deployed" });
});

test("a run's own events are told as long as they are kept, and then it is said that they are not", async () => {
  const begin = Date.now() - 60_000;
  const rounds = async (run: number): Promise<void> => {
    const timestamp = new Date(begin + 1_000 * run).toISOString();
    const events = [
      event("deployment_started", { totalStacks: 1 }),
      event("stack_deploying", { stack: `of-${run}` }),
      event("stack_deployed", { stack: `of-${run}` }),
    ];
    await send("rounds", ...events.map((one) => ({ ...one, timestamp })));
    // What the audit does not have yet is kept in any case.
    pass(10);
    await work("rounds");
  };
  for (const run of [1, 2, 3]) await rounds(run);
  const ofRun = async (run: number, after = 0, limit = 100) => {
    const answer = await deploymentOf("rounds").eventsOfRun(addressOf("rounds"), run, after, limit);
    if (!answer.ok) return answer.failure.code;
    const { events, more } = answer.value;
    return { more, told: events.map(({ type, data }) => ("stack" in data ? `${type} ${data.stack}` : type)) };
  };
  const whole = (run: number) => [
    "deployment_started",
    "layer_started",
    `stack_deploying of-${run}`,
    `stack_deployed of-${run}`,
    "layer_complete",
    "deployment_complete",
  ];
  expect(await ofRun(3)).toEqual({ more: false, told: whole(3) });
  expect(await ofRun(2)).toEqual({ more: false, told: whole(2) });
  expect(await ofRun(2, 0, 2)).toEqual({ more: true, told: whole(2).slice(0, 2) });
  expect(await ofRun(2, 11)).toEqual({ more: false, told: whole(2).slice(5) });
  expect(await ofRun(1)).toBe("EVENTS_NOT_KEPT");
  expect(await ofRun(4)).toBe("DEPLOYMENT_NOT_FOUND");
});

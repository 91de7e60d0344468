/** What is larger than a row or an answer may be: it is kept all the same, and reported in pieces. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { addressOf, deploymentOf, progressOf } from "./deployments.ts";
import { pass, trackerOf, useFarEnd } from "./far-end.ts";
import { settled } from "./stored/stored-rows.ts";

useFarEnd();

const event = (type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  type,
  timestamp: new Date().toISOString(),
  data,
});

const send = async (deploymentId: string, ...events: readonly IngestEnvelope[]): Promise<void> => {
  const answer = await deploymentOf(deploymentId).ingest(addressOf(deploymentId), events, "pulumi");
  expect(answer).toMatchObject({ ok: true, value: { refused: 0 } });
};

const resourceOf = (index: number, urn = "urn") => ({ urn: `${urn}:${index}`, type: "T", name: `r${index}` });

test("a stack of 1,200 resources with long URNs is kept, and is the same after a restart", async () => {
  const urn = "u".repeat(2000);
  await send(
    "wide",
    event("deployment_started", { totalStacks: 1 }),
    event("stack_deploying", { stack: "a" }),
  );
  for (let from = 0; from < 1200; from += 400) {
    const created = Array.from({ length: 400 }, (_, index) =>
      event("resource_created", { stack: "a", resource: resourceOf(from + index, urn) }),
    );
    await send("wide", ...created);
  }
  await evictDurableObject(deploymentOf("wide"));
  await send("wide", event("resource_updating", { stack: "a", resource: resourceOf(1199, urn) }));
  await evictDurableObject(deploymentOf("wide"));
  expect(await progressOf("wide")).toMatchObject({
    stacks: { a: { resources: { total: 1200, created: 1199, current: "T (r1199)" } } },
  });
  pass(1);
  // Another operation begins with none, also where they were kept.
  await send(
    "wide",
    event("stack_deployed", { stack: "a" }),
    event("deployment_started", { totalStacks: 1 }),
  );
  await send("wide", event("stack_deploying", { stack: "a" }));
  await evictDurableObject(deploymentOf("wide"));
  expect(await progressOf("wide")).toMatchObject({ run: 2, stacks: { a: { resources: { total: 0 } } } });
});

test("texts that are as long as they may be do not keep a stack from going on", async () => {
  const reason = "€".repeat(60_000);
  await send(
    "wordy",
    event("deployment_started", { totalStacks: 2 }),
    event("stack_deploying", { stack: "a" }),
  );
  for (let from = 0; from < 50; from += 10) {
    const creating = Array.from({ length: 10 }, (_, index) =>
      event("resource_creating", { stack: "a", resource: resourceOf(from + index), reason }),
    );
    await send("wordy", ...creating);
  }
  const { stacks } = await progressOf("wordy");
  expect(stacks["a"]?.logs.slice(-49).map(({ message }) => message.length)).toEqual(
    Array.from({ length: 49 }, () => 8000),
  );
  const events = await deploymentOf("wordy").eventsAfter(addressOf("wordy"), 3, 1);
  expect(events).toMatchObject({ ok: true, value: { events: [{ data: { reason } }], more: true } });
});

test("a run that does not fit into a row is kept with all its stacks, and the next one begins", async () => {
  const names = Array.from({ length: 160 }, (_, index) => `s${160 - index}`);
  const failure = { code: "E", message: "m".repeat(8000), details: "d".repeat(8000) };
  await send("many", event("deployment_started", { totalStacks: names.length }));
  for (let from = 0; from < names.length; from += 40) {
    const reported = names
      .slice(from, from + 40)
      .flatMap((stack) => [
        event("stack_deploying", { stack }),
        event("stack_failed", { stack, error: failure }),
      ]);
    await send("many", ...reported);
  }
  pass(1);
  await send("many", event("deployment_started", { totalStacks: 1 }));
  expect(await progressOf("many")).toMatchObject({ run: 2, stacks: {} });
  const first = await deploymentOf("many").progress(addressOf("many"), 1);
  expect(first).toMatchObject({
    ok: true,
    value: { run: 1, status: "failed", stacks: { s1: { logs: [], error: failure } } },
  });
  expect(first.ok && Object.keys(first.value.stacks)).toEqual(names);
  const runs = await deploymentOf("many").runs(addressOf("many"));
  expect(runs).toMatchObject({ ok: true, value: { runs: [{ run: 2 }, { run: 1, failedStacks: 160 }] } });
});

test("forty stacks with as many outputs as they may have are told with those that have room", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const outputs = Object.fromEntries(
    Array.from({ length: 31 }, (_, index) => [`O${index}`, "€".repeat(1_370)]),
  );
  await send("giving", event("deployment_started", { totalStacks: names.length }));
  for (const stack of names)
    await send("giving", event("stack_deploying", { stack }), event("stack_deployed", { stack, outputs }));
  const { stacks } = await progressOf("giving");
  expect(stacks["s0"]?.outputs).toEqual(outputs);
  const join = await deploymentOf("giving").join({ gateway: "gateway/enam/0", classic: false });
  const snapshot = join.ok ? (join.value.snapshot ?? "") : "";
  expect(snapshot.length).toBeLessThan(2 * 1024 * 1024);
  const reported = JSON.parse(snapshot) as typeof snapshot & { stacks: typeof stacks };
  expect(reported.stacks["s0"]?.outputs).toEqual(outputs);
  expect(reported.stacks["s39"]).toMatchObject({ status: "deployed", outputsOmitted: 31 });
  const alone = await deploymentOf("giving").stackProgress(addressOf("giving"), "s39");
  expect(alone).toMatchObject({ ok: true, value: { outputs } });
});

test("outputs of more than a stack may have are refused by their name, and nothing else of the request is", async () => {
  const outputs = { Large: "x".repeat(200_000) };
  const answer = await deploymentOf("greedy").ingest(
    addressOf("greedy"),
    [
      event("deployment_started", { totalStacks: 1 }),
      event("stack_deploying", { stack: "a" }),
      event("stack_deployed", { stack: "a", outputs }),
    ],
    "pulumi",
  );
  expect(answer).toMatchObject({
    ok: true,
    value: {
      accepted: 2,
      results: [
        { outcome: "accepted" },
        { outcome: "accepted" },
        {
          outcome: "refused",
          error: {
            code: "INVALID_REQUEST",
            message: expect.stringMatching(/^data\.outputs: must hold at most/),
          },
        },
      ],
    },
  });
});

test("a stack whose outputs were kept before they had a bound goes on", async () => {
  await send(
    "former",
    event("deployment_started", { totalStacks: 1 }),
    event("stack_deploying", { stack: "a" }),
  );
  await settled(deploymentOf("former"));
  await runInDurableObject(deploymentOf("former"), (_, { storage }) => {
    const row = storage.kv.get<object>("stack/a");
    storage.kv.put("stack/a", { ...row, outputs: { Large: "x".repeat(1_900_000) } });
  });
  await evictDurableObject(deploymentOf("former"));
  expect((await progressOf("former")).stacks["a"]?.outputs).toBeDefined();
  await send(
    "former",
    event("resource_creating", { stack: "a", resource: resourceOf(1), reason: "r".repeat(60_000) }),
  );
  await settled(deploymentOf("former"));
  await evictDurableObject(deploymentOf("former"));
  const { stacks } = await progressOf("former");
  expect(stacks["a"]).toMatchObject({ status: "deploying", outputs: {}, outputsOmitted: 1 });
});

test("an answer of events ends before it is too large for a call, and the next goes on", async () => {
  const frame = JSON.stringify({ reason: "€".repeat(60_000) });
  const pieces = await runInDurableObject(trackerOf("long"), (_, { storage }) => {
    const log = new EventLog(storage.sql, false);
    log.create();
    log.append(
      0,
      Array.from({ length: 100 }, () => frame),
    );
    const ends: number[] = [];
    for (let end = 0; end < 100; ends.push(end)) end = log.page(end, 1000).at(-1)?.to ?? 100;
    return ends;
  });
  expect(pieces).toEqual([46, 92, 100]);
});

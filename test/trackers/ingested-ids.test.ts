/** Ids of ingested events: known when they come again, and bounded however many come. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { IngestedIds, type Generations } from "../../src/trackers/deployment/ingested-ids.ts";
import { addressOf, deploymentOf, progressOf, storyOf } from "./deployments.ts";
import { pass, useFarEnd } from "./far-end.ts";

useFarEnd();

const DAY = 24 * 3600;

const idsOf = (storage: DurableObjectStorage): number =>
  storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM ingested").one().count;

const send = async (deploymentId: string, ...envelopes: readonly IngestEnvelope[]) => {
  const answer = await deploymentOf(deploymentId).ingest(addressOf(deploymentId), envelopes, "pulumi");
  if (!answer.ok) return expect.unreachable(answer.failure.message);
  return answer.value.results.map(({ outcome }) => outcome);
};

const event = (id: string, type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  id,
  type,
  timestamp: new Date().toISOString(),
  data,
});

const isKnown = (ids: IngestedIds, id: string, generations: Generations | undefined): boolean =>
  ids.among([id], generations).has(id);

test("the newest ten thousand are known, and little more than twice as many are kept", async () => {
  await runInDurableObject(deploymentOf("numbers"), (_, { storage }) => {
    const ids = new IngestedIds(storage.sql);
    let generations: Generations | undefined;
    let taken = 0;
    for (let request = 0; request < 100; request++) {
      const batch = Array.from({ length: 500 }, () => `id-${++taken}`);
      generations = ids.keep(batch, generations, Date.now());
      expect(idsOf(storage)).toBeLessThan(21_000);
    }
    for (let id = taken; id > taken - 10_000; id -= 99)
      expect(isKnown(ids, `id-${id}`, generations)).toBe(true);
    expect(isKnown(ids, "id-1", generations)).toBe(false);
    expect(generations).toMatchObject({ forgottenUntil: Date.now() });
  });
});

test("they are known for a week, and forgotten with the first that comes after two", async () => {
  await runInDurableObject(deploymentOf("ages"), (_, { storage }) => {
    const ids = new IngestedIds(storage.sql);
    let generations = ids.keep(["first"], undefined, Date.now());
    for (let day = 1; day <= 15; day++) {
      pass(DAY);
      generations = ids.keep([`day-${day}`], generations, Date.now());
      if (day <= 7) expect(isKnown(ids, "first", generations)).toBe(true);
      expect(isKnown(ids, `day-${Math.max(1, day - 6)}`, generations)).toBe(true);
    }
    expect(isKnown(ids, "first", generations)).toBe(false);
    expect(idsOf(storage)).toBeLessThanOrEqual(15);
  });
});

test("a commit that keeps no ids keeps what is known of them", async () => {
  await send("quiet", event("1", "deployment_started", { totalStacks: 2 }));
  await send("quiet", { type: "stack_deploying", timestamp: new Date().toISOString(), data: { stack: "a" } });
  expect(await send("quiet", event("1", "stack_deploying", { stack: "b" }))).toEqual(["known"]);
});

test("an event of an earlier run changes nothing when it comes again, though its id is forgotten", async () => {
  const old = [
    event("old-1", "deployment_started", { totalStacks: 1 }),
    event("old-2", "stack_deploying", { stack: "one" }),
    event("old-3", "stack_deployed", { stack: "one" }),
  ];
  expect(await send("runs", ...old)).toEqual(["accepted", "accepted", "accepted"]);
  for (const week of [1, 2, 3]) {
    pass(8 * DAY);
    await send("runs", event(`week-${week}`, "deployment_started", { totalStacks: 1 }));
    if (week < 3) await send("runs", event(`end-${week}`, "deployment_failed"));
  }
  expect(await progressOf("runs")).toMatchObject({ run: 4, status: "initializing" });
  const before = await storyOf("runs");
  await runInDurableObject(deploymentOf("runs"), (_, { storage }) => {
    const forgotten = storage.sql.exec("SELECT id FROM ingested WHERE id LIKE 'old-%'").toArray();
    expect(forgotten).toEqual([]);
  });
  expect(await send("runs", ...old)).toEqual(["known", "known", "known"]);
  expect(await storyOf("runs")).toEqual(before);
  expect(await send("runs", event("new", "stack_deploying", { stack: "one" }))).toEqual(["accepted"]);
});

/**
 * What a stack's run costs in rows, over all objects that it passes: eight minutes, looked at each three seconds, forty looks
 * with news, as one of twelve stacks of a deployment that has a viewer. A quarter of it is played and counted.
 */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { metered, metersOf } from "../support/row-meter.ts";
import { deploymentOf, register, work } from "./deployments.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { gatewayOf, newGateway, watch } from "./gateway-viewer.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();

const STACKS = 12;
const SECONDS = 480;
const PERIOD = 3;
const NEWS_EACH = 4;
const PART = 4;

type Counts = Readonly<Record<string, Readonly<{ rows: number; alarms: number }>>>;

/** Lays meters over objects; gives how many rows each kind has written since, a stack. */
const counting = async (objects: Readonly<Record<string, readonly DurableObjectStub[]>>) => {
  const all = Object.values(objects).flat();
  await Promise.all(all.map((stub) => runInDurableObject(stub, (_, ctx) => void metered(ctx))));
  return async (): Promise<Counts> => {
    const counted = Object.entries(objects).map(async ([kind, stubs]) => {
      const meters = await Promise.all(
        stubs.map((stub) => runInDurableObject(stub, (_, ctx) => metersOf(ctx))),
      );
      const sum = (pick: (meter: (typeof meters)[number]) => number) =>
        meters.reduce((total, meter) => total + pick(meter), 0) / STACKS;
      return [kind, { rows: sum(({ sql, kv }) => sql + kv), alarms: sum(({ alarms }) => alarms) }] as const;
    });
    return Object.fromEntries(await Promise.all(counted));
  };
};

const isDue = (stub: DurableObjectStub): Promise<boolean> =>
  runInDurableObject(stub, async (_, { storage }) => ((await storage.getAlarm()) ?? Infinity) <= Date.now());

test("a stack's run", async () => {
  vi.spyOn(console, "debug").mockReturnValue();
  Object.assign(env, { AUDIT_TABLE: "", LOG_GROUP_PREFIX: "" });
  const names = Array.from({ length: STACKS }, (_, n) => `counted-${n}`);
  const stacks = names.map((name) => newStack(name).own("CREATE_IN_PROGRESS").begun(20));
  const gateway = newGateway();
  const deployment = deploymentOf("counted");
  const rowsOf = await counting({
    trackers: names.map((name) => trackerOf(name)),
    deployment: [deployment],
    gateway: [gatewayOf(gateway)],
    directory: [env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"))],
    destinations: [env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations"))],
  });
  const wait = scheduler.wait.bind(scheduler);
  vi.spyOn(scheduler, "wait").mockImplementation((ms) => wait(Math.min(ms, 30)));
  await register("counted", Object.fromEntries(names.map((name) => [name, []])));
  await watch(gateway, "deployments/counted-dev");
  await Promise.all(names.map((name) => poll(name)));
  await work("counted");
  const begun = await rowsOf();
  for (let second = 0; second < SECONDS / PART; second += 1) {
    pass(1);
    const due = names.filter((_, n) => (second + n) % PERIOD === 0);
    for (const [n, stack] of stacks.entries()) {
      const look = Math.floor((second + n) / PERIOD);
      if ((second + n) % PERIOD === 0 && (look + n) % NEWS_EACH === 0)
        stack.resource(`Look${look}`, "CREATE_IN_PROGRESS");
    }
    await Promise.all(due.map((name) => poll(name)));
    if (second % 2 === 1) await wait(40);
    if (await isDue(deployment)) await runDurableObjectAlarm(deployment);
    // Who is silent for long is evicted, and its meter with it.
    if (second % 20 === 0) await rowsOf();
  }
  const running = await rowsOf();
  const written = (kind: string, what: "rows" | "alarms"): number =>
    PART * ((running[kind]?.[what] ?? NaN) - (begun[kind]?.[what] ?? NaN));
  const news = SECONDS / PERIOD / NEWS_EACH;
  // One row a look with news, and the deployment gathers what its stacks deliver within a second.
  expect(written("trackers", "rows")).toBeLessThanOrEqual(news + 4);
  expect(written("deployment", "rows") + written("deployment", "alarms")).toBeLessThanOrEqual(0.75 * news);
  expect(written("gateway", "rows")).toBeLessThanOrEqual(1);
  expect(written("directory", "rows") + written("directory", "alarms")).toBeLessThanOrEqual(2);
  expect(written("destinations", "rows")).toBe(0);
}, 240_000);

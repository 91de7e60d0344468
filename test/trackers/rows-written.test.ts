/**
 * What a stack's run costs in rows, over all objects that it passes: eight minutes, looked at each three seconds, forty looks
 * with news, as one of six stacks of a deployment that has a viewer.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { metered, metersOf } from "../support/row-meter.ts";
import { deploymentOf, progressOf, register, work } from "./deployments.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { gatewayOf, newGateway, watch } from "./gateway-viewer.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();

const STACKS = 6;
const LOOKS = 160;
const NEWS = 40;

/** Lays meters over objects; gives how many rows each has written since. */
const counting = async (objects: Readonly<Record<string, readonly DurableObjectStub[]>>) => {
  const all = Object.values(objects).flat();
  await Promise.all(all.map((stub) => runInDurableObject(stub, (_, ctx) => void metered(ctx))));
  return async () => {
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

test("a stack's run", async () => {
  vi.spyOn(console, "debug").mockReturnValue();
  const names = Array.from({ length: STACKS }, (_, n) => `counted-${n}`);
  const stacks = names.map((name) => newStack(name).own("CREATE_IN_PROGRESS").begun(20));
  const gateway = newGateway();
  const rowsOf = await counting({
    trackers: names.map((name) => trackerOf(name)),
    deployment: [deploymentOf("counted")],
    gateways: [gatewayOf(gateway)],
    directory: [env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"))],
    region: [env.REGIONS.get(env.REGIONS.idFromName("us-east-1"))],
    board: [env.BOARD.get(env.BOARD.idFromName("board"))],
    destinations: [env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations"))],
  });
  await register("counted", Object.fromEntries(names.map((name) => [name, []])));
  const viewer = await watch(gateway, "deployments/counted-dev");
  const wait = scheduler.wait.bind(scheduler);
  vi.spyOn(scheduler, "wait").mockImplementation((ms) => wait(Math.min(ms, 20)));
  for (let look = 0; look < LOOKS; look += 1) {
    pass(3);
    const isNews = look % (LOOKS / NEWS) === 0;
    if (isNews)
      for (const stack of stacks)
        for (let n = 1; n <= 4; n += 1)
          stack.resource(`Queue${(look % 20) + 1}`, "CREATE_IN_PROGRESS", { reason: `${look} ${n}` });
    await Promise.all(names.map((name) => poll(name)));
    if (isNews) await work("counted");
  }
  const running = await rowsOf();
  for (const stack of stacks) stack.own("CREATE_COMPLETE");
  for (let looks = 0; looks < 6; looks += 1) {
    pass(3);
    await Promise.all(names.map((name) => poll(name)));
    await work("counted");
  }
  console.error(
    "ROWS",
    JSON.stringify({ running, all: await rowsOf() }, null, 1),
    (await progressOf("counted")).status,
    viewer.offsets.length,
  );
  expect(1).toBe(1);
}, 240_000);

import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { ChannelListener } from "../../src/client/channel-follower.ts";
import { DeploymentStore } from "../../src/client/deployment-store.ts";
import { openStream } from "../../src/client/stream.ts";
import { ADDRESS } from "../domain/deployment/reported.ts";
import { FakeServer } from "./fake-server.ts";
import { DEPLOYMENT, NOW, seedsRun, ServedDeployment } from "./served-deployment.ts";
import { HASTY, recorder } from "./watching.ts";

/** What happens to a connection between one commit and the next. */
const mishap = fc.constantFrom("none", "lose", "repeat", "cut", "goodbye", "pause", "pause");

const schedule = fc.array(fc.tuple(mishap, fc.integer({ min: 1, max: 12 })), { minLength: 3, maxLength: 25 });

/** `showsFor`: milliseconds that showing the snapshot takes. */
const both = (one: ChannelListener, other: ChannelListener, showsFor: number): ChannelListener => ({
  reset: (start) => [one, other].forEach(({ reset }) => reset?.(start)),
  snapshot: async (progress, offset) => {
    for (const { snapshot } of [one, other]) await snapshot?.(progress, offset);
    if (showsFor > 0) await sleep(showsFor);
  },
  events: (frames) => [one, other].forEach(({ events }) => events?.(frames)),
});

const isLive = (frame: Record<string, unknown>): boolean =>
  frame["type"] === "batch" && frame["replay"] !== true;

test("[S35] whatever is cut, lost or repeated, each event is applied once and in order, and both ends agree", async () => {
  const few = fc.integer({ min: 0, max: 3 });
  const property = fc.asyncProperty(schedule, few, few, async (steps, early, showsFor) => {
    const server = await new FakeServer().start();
    const deployment = new ServedDeployment(server);
    const run = seedsRun(1);
    const commitNext = (count: number): void => deployment.commit(...run.splice(0, count));
    if (early > 0) commitNext(early * 10);
    const reported = recorder();
    const store = new DeploymentStore(ADDRESS);
    const patience = { ...HASTY, backoffBaseMs: 1, backoffMaxMs: 4 };
    const stream = openStream({ url: server.url, patience });
    stream.subscribe(DEPLOYMENT, both(reported.listener, store.listener, 4 * showsFor), { history: true });
    const settled = async (): Promise<void> => {
      await vi.waitFor(() => expect(stream.state().kind).toBe("live"), { timeout: 20_000, interval: 1 });
      await sleep(4);
    };
    try {
      await settled();
      for (const [kind, count] of steps) {
        if (kind === "lose") server.tamper = (frame) => (isLive(frame) ? [] : [frame]);
        if (kind === "repeat") server.tamper = (frame) => (isLive(frame) ? [frame, frame] : [frame]);
        commitNext(count);
        server.tamper = (frame) => [frame];
        if (kind === "cut") server.cut();
        if (kind === "goodbye") server.close(4012, { reason: "draining", reconnect: true, retryAfterMs: 2 });
        // Without it, what follows meets a connection that is still on its way back.
        if (kind === "pause") await settled();
        else await sleep(1);
      }
      await settled();
      // Whoever lost the last event learns of it by the next.
      commitNext(run.length);
      deployment.commit(...seedsRun(2).slice(0, 2));
      await vi.waitFor(
        () => {
          expect(reported.offsets()).toEqual(
            Array.from({ length: deployment.offset }, (_, index) => index + 1),
          );
          expect(JSON.parse(JSON.stringify(store.progressAt(NOW)))).toEqual(deployment.progress());
        },
        { timeout: 20_000, interval: 2 },
      );
      expect(reported.resets).toHaveLength(1);
    } finally {
      stream.close();
      await server.stop();
    }
  });
  await fc.assert(property, { numRuns: 40 });
}, 60_000);

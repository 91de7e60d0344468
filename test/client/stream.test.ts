import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openTrack } from "../../src/client/track.ts";
import { FakeServer } from "./fake-server.ts";
import { HASTY, recorder, watching, type Watched } from "./watching.ts";

const CHANNEL = "deployments/D1BRV40-dev";
const STACK = "stacks/us-east-1/app";

const event = { type: "deployment_validating", timestamp: "2026-01-01T00:00:00.000Z", data: {} };
const update = { type: "resource_update", timestamp: "2026-01-01T00:00:00.000Z", resource: {}, stack: {} };

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

let server: FakeServer;
const open: { close: () => void }[] = [];

beforeEach(async () => {
  server = await new FakeServer().start();
  server.channel(CHANNEL);
  server.channel(STACK);
});

afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await server.stop();
});

const watch = (...[channel = CHANNEL, options]: [string?, Parameters<typeof watching>[2]?]): Watched => {
  const watched = watching(server.url, channel, options);
  open.push(watched.stream);
  return watched;
};

const soon = { timeout: 20_000, interval: 5 };

const settled = (check: () => void): Promise<void> => vi.waitFor(check, soon);

const saw = async ({ told: reported }: Pick<Watched, "told">, last: number): Promise<void> =>
  settled(() => expect(reported.offsets()).toEqual(upTo(last)));

describe("a stream", () => {
  test("carries the token beside the subprotocol and tells a channel's events as they come", async () => {
    server.commit(CHANNEL, event, event);
    const watched = watch(CHANNEL, { token: () => "secret" });
    await saw(watched, 2);
    server.commit(CHANNEL, event);
    await saw(watched, 3);
    expect(server.connections).toEqual([{ url: "/ws", token: "secret" }]);
    expect(watched.states.map(({ kind }) => kind)).toEqual(["reconnecting", "live"]);
    expect(watched.told.resets).toEqual([{ epoch: "first", offset: 2, floor: 1 }]);
  });

  test("[S35] resumes after a drop from the last offset that it applied", async () => {
    const watched = watch();
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    await server.stop();
    server.commit(CHANNEL, event, event);
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("reconnecting"));
    await server.start();
    await saw(watched, 3);
    expect(server.requests.filter(({ action }) => action === "subscribe").at(-1)).toMatchObject({
      epoch: "first",
      offset: 1,
    });
    expect(watched.told.resets).toHaveLength(1);
    expect(watched.told.resumes).toEqual([3]);
    expect(watched.states.at(-1)?.kind).toBe("live");
  });

  test("[S35] drops what it has applied and subscribes again on the same socket when it sees a hole", async () => {
    const watched = watch();
    server.commit(CHANNEL, event, event);
    await saw(watched, 2);
    server.tamper = (frame) => (frame["type"] === "batch" && frame["replay"] !== true ? [] : [frame]);
    server.commit(CHANNEL, event);
    server.tamper = (frame) => [frame, frame];
    server.commit(CHANNEL, event);
    await saw(watched, 4);
    server.commit(CHANNEL, event);
    await saw(watched, 5);
    expect(server.connections).toHaveLength(1);
  });

  test("gives a connection up whose holes do not mend", async () => {
    server.commit(CHANNEL, event, event, event);
    server.tamper = (frame) => {
      const { events } = frame;
      return [
        Array.isArray(events) ? { ...frame, events: events.filter(({ offset }) => offset !== 2) } : frame,
      ];
    };
    const watched = watch();
    await settled(() => expect(server.connections.length).toBeGreaterThan(3));
    expect(watched.told.offsets()).toEqual([1]);
    server.tamper = (frame) => [frame];
    await saw(watched, 3);
  });

  test("shows a fresh viewer the snapshot, and only what follows it", async () => {
    const progress = { status: "deploying", stacks: {} };
    server.channel(CHANNEL, () => progress);
    server.commit(CHANNEL, event, event);
    const { told: reported } = watch();
    await settled(() => expect(reported.snapshots).toEqual([{ progress, offset: 2 }]));
    server.commit(CHANNEL, event);
    await settled(() => expect(reported.offsets()).toEqual([3]));
  });

  test("goes on where it is told to", async () => {
    server.commit(CHANNEL, event, event, event);
    const { told: reported } = watch(CHANNEL, { wish: { from: { epoch: "first", offset: 1 } } });
    await settled(() => expect(reported.offsets()).toEqual([2, 3]));
    expect(reported.resets).toEqual([]);
  });

  test("begins anew when the channel's epoch is another", async () => {
    const watched = watch();
    server.commit(CHANNEL, event, event);
    await saw(watched, 2);
    server.channel(CHANNEL).epoch = "second";
    server.commit(CHANNEL, event);
    server.cut();
    await saw(watched, 1);
    expect(watched.told.resets.map(({ epoch }) => epoch)).toEqual(["first", "second"]);
  });

  test("follows several channels over one socket, and lets one go", async () => {
    const watched = watch();
    const other = recorder();
    const subscription = watched.stream.subscribe(STACK, other.listener);
    server.commit(CHANNEL, event);
    server.commit(STACK, update, update);
    await saw(watched, 1);
    await saw({ told: other }, 2);
    expect(subscription.position()).toEqual({ epoch: "first", offset: 2 });
    subscription.close();
    await settled(() => expect(server.requests.at(-1)?.action).toBe("unsubscribe"));
    server.commit(STACK, update);
    server.commit(CHANNEL, event);
    await saw(watched, 2);
    expect(other.offsets()).toEqual([1, 2]);
    expect(server.connections).toHaveLength(1);
  });

  test("acknowledges every 200 events at once and the rest after a while", async () => {
    const watched = watch();
    await settled(() => expect(watched.told.resets).toHaveLength(1));
    server.commit(CHANNEL, ...Array.from({ length: 205 }, () => event));
    server.commit(CHANNEL, event);
    await saw(watched, 206);
    const acks = () => server.requests.filter(({ action }) => action === "ack").map(({ offset }) => offset);
    await settled(() => expect(acks()).toEqual([205, 206]));
  });

  test("tells transient frames, and the order of what it does not know, without stumbling", async () => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.commit(CHANNEL, event, { type: "deployment_admired" }, event);
    server.broadcast({ ...event, type: "stack_progress", channel: CHANNEL, asOf: 3 });
    server.broadcast({ type: "greeting" });
    await settled(() => expect(watched.told.transients.map(({ asOf }) => asOf)).toEqual([3]));
    expect(watched.told.offsets()).toEqual([1, 3]);
  });

  test("tells one subscription that it is refused and goes on with the others", async () => {
    server.refuse = ({ channel }) =>
      channel === STACK ? { code: "FORBIDDEN", message: "not yours" } : undefined;
    const watched = watch();
    const other = recorder();
    watched.stream.subscribe(STACK, other.listener);
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    await settled(() => expect(other.refusals).toEqual([{ code: "FORBIDDEN", message: "not yours" }]));
  });

  test("goes on when something else than a subscription has failed", async () => {
    const watched = watch();
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    server.broadcast({ type: "error", error: { code: "KEYS_UNREACHABLE", message: "for now" } });
    server.commit(CHANNEL, event);
    await saw(watched, 2);
    expect(watched.told.refusals).toEqual([]);
    expect(server.connections).toHaveLength(1);
  });

  test("asks again for what fails for a moment", async () => {
    let failures = 0;
    server.commit(CHANNEL, event);
    server.refuse = () => (failures++ < 2 ? { code: "INTERNAL", message: "just now" } : undefined);
    await saw(watch(), 1);
    expect(failures).toBe(3);
  });

  test("tells trouble with AWS", async () => {
    const watched = watch(STACK);
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    const error = { code: "AWS_UNREACHABLE", message: "…", retryable: true };
    server.broadcast({ type: "error", timestamp: event.timestamp, error });
    await settled(() => expect(watched.told.troubles).toEqual(["AWS_UNREACHABLE"]));
  });
});

describe("a connection", () => {
  test("that falls silent is given up and made anew", async () => {
    const watched = watch();
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    server.mute = true;
    await settled(() => expect(server.connections.length).toBeGreaterThan(1));
    server.mute = false;
    server.commit(CHANNEL, event);
    await saw(watched, 2);
  });

  test("that is only quiet is kept by asking", async () => {
    const watched = watch();
    await sleep(HASTY.pingAfterMs * 3);
    expect(server.requests.filter(({ action }) => action === "ping").length).toBeGreaterThan(1);
    expect(server.connections).toHaveLength(1);
    expect(watched.states.at(-1)?.kind).toBe("live");
  });

  test("waits as long as the server says, and does not wait for its close", async () => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    const from = performance.now();
    server.broadcast({
      type: "disconnect",
      code: 4012,
      reason: "draining",
      reconnect: true,
      retryAfterMs: 300,
    });
    await settled(() => expect(server.connections).toHaveLength(2));
    expect(performance.now() - from).toBeGreaterThan(290);
  });

  test("ends a wait when it is hurried", async () => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.close(4012, { reason: "draining", reconnect: true, retryAfterMs: 60_000 });
    await sleep(50);
    watched.stream.hurry();
    await settled(() => expect(server.connections).toHaveLength(2));
  });

  test.each([4400, 4403, 4408, 4409, 4413])("does not come back after %i", async (code) => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.close(code, { reason: "because", reconnect: false });
    await settled(() => expect(watched.states.at(-1)).toEqual({ kind: "stopped", code, reason: "because" }));
    await sleep(100);
    expect(server.connections).toHaveLength(1);
  });

  test.each([1000, 1001, 1012, 4001, 4008, 4010, 4012, 4029])("comes back after %i", async (code) => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.close(code);
    await settled(() => expect(server.connections).toHaveLength(2));
  });

  test("asks for a fresh token each time, and tries one more after its token was not accepted", async () => {
    let given = 0;
    const watched = watch(CHANNEL, { token: async () => `token-${++given}` });
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    server.close(4401, { reason: "bad token", reconnect: false });
    await settled(() => expect(server.connections).toHaveLength(2));
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.commit(CHANNEL, event);
    await saw(watched, 2);
    server.turnAway = 4401;
    server.close(4401, { reason: "bad token", reconnect: false });
    await settled(() => expect(watched.states.at(-1)).toMatchObject({ kind: "stopped", code: 4401 }));
    expect(server.connections.map(({ token }) => token)).toEqual(["token-1", "token-2", "token-3"]);
  });

  test("stops when its token has expired and there is no other", async () => {
    const watched = watch(CHANNEL, { token: () => "only-one" });
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    server.close(4001, { reason: "the token has expired", reconnect: true });
    await settled(() =>
      expect(watched.states.at(-1)).toEqual({ kind: "stopped", code: 4001, reason: "the token has expired" }),
    );
    expect(server.connections).toHaveLength(1);
  });

  test("that is never let in asks why and stops", async () => {
    server.accepts = (token) => token === "right";
    const watched = watch(CHANNEL, { token: () => "wrong" });
    await settled(() => expect(watched.states.at(-1)).toMatchObject({ kind: "stopped", code: 4401 }));
    expect(server.connections).toEqual([]);
  });

  test("tries again when no token can be had at the moment", async () => {
    let asked = 0;
    const watched = watch(CHANNEL, {
      token: async () => {
        if (++asked < 3) throw new Error("not now");
        return "late";
      },
    });
    server.commit(CHANNEL, event);
    await saw(watched, 1);
    expect(server.connections).toEqual([{ url: "/ws", token: "late" }]);
  });

  test("waits longer after each failure until a connection has held", async () => {
    const patience = { ...HASTY, backoffBaseMs: 20, backoffMaxMs: 1_000, uptimeMs: 150 };
    const watched = watch(CHANNEL, { patience, random: () => 0.99 });
    const failures = (): number[] =>
      watched.states.flatMap((state) => (state.kind === "reconnecting" ? [state.failures] : []));
    for (let count = 1; count <= 3; count++) {
      await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
      server.cut();
      await settled(() => expect(server.connections).toHaveLength(count + 1));
    }
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    expect(failures()).toEqual([0, 0, 1, 2]);
    await sleep(200);
    server.cut();
    await settled(() => expect(failures().at(-1)).toBe(0));
  });

  test("waits for a server that is not there yet", async () => {
    await server.stop();
    const watched = watch();
    await sleep(100);
    server.commit(CHANNEL, event);
    await server.start();
    await saw(watched, 1);
  });

  test("is closed for good by its owner", async () => {
    const watched = watch();
    await settled(() => expect(watched.states.at(-1)?.kind).toBe("live"));
    watched.stream.close();
    await settled(() => expect(server.viewers).toEqual([]));
    await sleep(50);
    expect(watched.states.at(-1)).toMatchObject({ kind: "stopped", code: 1000 });
    expect(server.connections).toHaveLength(1);
  });
});

describe("a stack's own socket", () => {
  test("resumes by its address, and begins a new connection when it sees a hole", async () => {
    const reported = recorder();
    server.commit(STACK, update, update);
    const track = openTrack(
      { url: server.url, region: "us-east-1", stackName: "app", patience: HASTY, token: () => "t" },
      reported.listener,
    );
    open.push(track);
    await saw({ told: reported }, 2);
    server.tamper = () => [];
    server.commit(STACK, update);
    server.tamper = (frame) => [frame];
    server.commit(STACK, update);
    await saw({ told: reported }, 4);
    expect(server.connections.map(({ url }) => url)).toEqual([
      "/canvas/deploy/track/app?region=us-east-1",
      "/canvas/deploy/track/app?region=us-east-1&epoch=first&offset=2",
    ]);
    expect(track.position()).toEqual({ epoch: "first", offset: 4 });
    await settled(() =>
      expect(server.requests.some(({ action, offset }) => action === "ack" && offset === 4)).toBe(true),
    );
  });
});

/**
 * Fifty sockets over four gateways watch the sample deployment while they lose their connections at moments drawn from a
 * seed, and while every process of the Worker is killed, again and again. What each has at the end is the same story, byte for byte.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_ADDRESS, SAMPLE_REGION } from "../../src/cli/local/sample-play.ts";
import { DeploymentStore } from "../../src/client/deployment-store.ts";
import { restClient } from "../../src/client/rest.ts";
import type { ChannelFrame } from "../../src/client/connection/server-frame.ts";
import { openStream } from "../../src/client/stream.ts";
import { deploymentChannelOf, stackChannelOf } from "../../src/protocol/connection/channel-names.ts";
import type { DeploymentAnswer } from "../../src/protocol/deployment/deployment-requests.ts";
import { deploymentEventSchema } from "../../src/protocol/deployment/deployment-events.ts";
import { deploymentProgressSchema } from "../../src/protocol/deployment/deployment-progress.ts";
import { randomOf, type Random } from "../../src/simulator/random.ts";
import { ChannelViewer } from "../support/channel-viewer.ts";
import { eventually } from "../support/eventually.ts";
import { playSampleRuns } from "../support/sample-run.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";

const SEED = 20261122;

/** Opted in over a bare socket, through the project's own client, and classic. */
const RESUMING = 36;
const CLIENTS = 4;
const CLASSIC = 10;

/** Events that have been reported when the Worker is killed: once while viewers still come, and in the midst of the run. */
const KILLED_AFTER = [15, 60, 100];

/** The latest moment at which a viewer comes, and bounds of how long its connections hold and are missing. */
const LATEST_JOIN_MS = 8_000;
const SHORTEST_HOLD_MS = 300;
const LONGEST_HOLD_MS = 6_000;
const LONGEST_GAP_MS = 800;

/** The stack that takes longest, so that it is under way while the Worker is killed. */
const STACK = "database-rds";

/** Seen where no close frame came, because the process was killed. */
const CUT = 1006;

describe("Fifty sockets watch a deployment whose Worker is killed", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 40 }, variables: { GATEWAY_SHARDS: "4" } });
  });

  afterAll(() => system?.stop());

  /** Watches until the signal, with losses; then stays. */
  const waver = async (viewer: ChannelViewer, random: Random, signal: AbortSignal): Promise<void> => {
    await sleep(random() * LATEST_JOIN_MS);
    while (!signal.aborted) {
      await viewer.connect(signal);
      const until = Date.now() + SHORTEST_HOLD_MS + random() * LONGEST_HOLD_MS;
      while (!signal.aborted && !viewer.isLost && Date.now() < until) await sleep(50);
      if (signal.aborted) break;
      viewer.drop(random() < 0.5 ? "closed" : "cut");
      await sleep(random() * LONGEST_GAP_MS);
    }
    if (viewer.isLost) await viewer.connect();
  };

  it("tells each of them the same events, byte for byte, and the same state", async () => {
    const channel = deploymentChannelOf(SAMPLE_ADDRESS);
    const { url } = system.worker();
    const rest = restClient({ url, token: () => system.token });
    const viewer = (classic: boolean) =>
      new ChannelViewer(SAMPLE_ADDRESS, { url, token: system.token, classic });
    const resuming = Array.from({ length: RESUMING }, () => viewer(false));
    const classic = Array.from({ length: CLASSIC }, () => viewer(true));
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      const random = randomOf(SEED, "client", index);
      const store = new DeploymentStore(SAMPLE_ADDRESS);
      const stream = openStream({
        url,
        token: () => system.token,
        random,
        patience: { backoffBaseMs: 100, backoffMaxMs: 1_000 },
      });
      stream.subscribe(channel, store.listener, { history: true });
      // A second channel on the same socket: one of the stacks, from its own tracker.
      const ofStack: ChannelFrame[] = [];
      stream.subscribe(stackChannelOf({ region: SAMPLE_REGION, stackName: STACK }), {
        reset: () => void ofStack.splice(0),
        events: (frames) => void ofStack.push(...frames),
      });
      return { store, stream, ofStack };
    });
    const ending = new AbortController();
    const wavering = [...resuming, ...classic].map((one, index) =>
      waver(one, randomOf(SEED, "viewer", index), ending.signal),
    );
    const head = async (): Promise<DeploymentAnswer | undefined> => {
      const status = await rest.deployments.status(SAMPLE_ADDRESS);
      return status.ok && status.value.kind === "changed" ? status.value.deployment : undefined;
    };

    const played = playSampleRuns(system);
    for (const count of KILLED_AFTER) {
      await eventually(() => resuming.some(({ offset }) => offset >= count), `event ${count}`, 60_000);
      await system.worker().kill();
      await system.restart();
      await system.worker().ready();
    }
    await played;

    const last = await eventually(
      async () => {
        const status = await head();
        return status?.run === 2 && status.endTime !== undefined && status;
      },
      "the end of the second run",
      60_000,
    );
    ending.abort();
    await Promise.all(wavering);
    for (const [index, one] of resuming.entries())
      await eventually(
        () => one.offset >= last.offset,
        () => `event ${last.offset} at viewer ${index}, which is at ${one.offset}: ${one.faults.join("; ")}`,
      );
    for (const { store } of clients)
      await eventually(() => store.offset >= last.offset, `event ${last.offset}, at a client`);
    for (const one of classic)
      await eventually(() => one.offset >= last.offset, `event ${last.offset}, at a classic viewer`);
    // For what should not come.
    await sleep(1_000);

    const [{ lines: story } = { lines: [] }] = resuming;
    const events = story.map((line) => deploymentEventSchema.parse(JSON.parse(line)));
    expect(events.filter(({ type }) => type === "deployment_started")).toHaveLength(2);
    expect(events.at(-1)?.type).toBe("deployment_failed");
    expect(story).toHaveLength(last.offset);
    expect(last.offset).toBeGreaterThan(Math.max(...KILLED_AFTER) * 2);

    const state = deploymentProgressSchema.parse(last);
    const now = new Date().toISOString();
    for (const one of resuming) {
      expect(one.faults).toEqual([]);
      expect(one.lines).toEqual(story);
      expect(one.store.progressAt(now)).toEqual(state);
    }
    const stack = await rest.stacks.events({ stackName: STACK, region: SAMPLE_REGION }, { limit: 500 });
    const stackEvents = stack.ok ? stack.value.events : [];
    expect(stackEvents.at(-1)).toMatchObject({ type: "stack_complete", outcome: "deployed" });
    for (const { store, ofStack } of clients) {
      expect(store.progressAt(now)).toEqual(state);
      expect(ofStack).toEqual(stackEvents);
    }

    // A classic viewer begins again with each connection: with the run that is reported then.
    const beginnings = events.flatMap(({ type }, index) =>
      type === "deployment_started" ? [index + 1] : [],
    );
    for (const one of classic) {
      expect(one.faults).toEqual([]);
      expect(one.offset).toBe(last.offset);
      for (const { first, lines } of [...one.earlier, one]) {
        expect(beginnings).toContain(first);
        expect(lines).toEqual(story.slice(first - 1, first - 1 + lines.length));
      }
    }

    const everyone = [...resuming, ...classic];
    expect(new Set(everyone.flatMap(({ closes }) => closes))).toEqual(new Set([CUT]));
    expect(everyone.reduce((sum, { connections }) => sum + connections, 0)).toBeGreaterThan(150);
    for (const { stream, store } of clients) {
      stream.close();
      store.close();
    }
    for (const one of everyone) one.drop("closed");
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});

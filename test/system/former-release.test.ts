/**
 * An upgrade in the middle of everything: what the former release's objects have begun goes on in this release's, and a
 * gateway that is still of the former release serves what this one's trackers push.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { ChannelViewer } from "../support/channel-viewer.ts";
import { eventually } from "../support/eventually.ts";
import { formerCodeIn, hasFormerRelease, mixedConfigs } from "../support/former-release.ts";
import { madeTrace } from "../support/made-trace.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { Shop } from "../support/shop.ts";
import { expectDense } from "../support/story.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const STACK = "survivor";
const FOLLOWED = { deploymentId: "followed", environment: "dev" };
const HOOK = "/hook";

const queue = (delay: number): string =>
  JSON.stringify({
    Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: delay } } },
  });

describe.runIf(hasFormerRelease())("The former release's objects and this one's", () => {
  let folder: string;
  let receiver: Receiver;
  let system: System | undefined;

  beforeEach(async () => {
    folder = formerCodeIn(await mkdtemp(join(tmpdir(), "stackcast-former-")));
    receiver = await startReceiver();
  });

  afterEach(async () => {
    await system?.stop();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  const post = async (path: string, body: object, token = system!.token): Promise<void> => {
    const answer = await fetch(system!.worker().url + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    expect([answer.status, answer.ok ? "" : await answer.text()]).toEqual([answer.status, ""]);
  };

  const offsetsAt = (path: string, deployment: string): number[] => {
    const shape = z.object({ channel: z.string(), offset: z.number() });
    const events = receiver.received(path).map(({ body }) => shape.parse(JSON.parse(body)));
    const channel = `deployments/${deployment}-dev`;
    return [...new Set(events.filter((event) => event.channel === channel).map(({ offset }) => offset))];
  };

  it("an upgrade loses nothing: stacks, deployments, a run and messages that wait go on, in the same epochs", async () => {
    let isTaken = false;
    receiver.behave(HOOK, (response) => void response.writeHead(isTaken ? 204 : 503).end());
    system = await startSystem({
      code: folder,
      simulator: { speed: 20, seed: 5 },
      variables: {
        ALLOW_PRIVATE_DESTINATIONS: "true",
        DELIVERY_RETRY_SECONDS: "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
      },
    });
    const destination = { kind: "webhook", url: receiver.url + HOOK, events: ["*"] };
    await post("/api/v1/destinations", destination, await tokenOf({ role: "admin" }));
    const replay = system.simulator.replay(madeTrace(STACK, { resources: 40 }));
    replay.reveal(30);
    await post("/api/v1/deployments", { ...FOLLOWED, mode: "track", stacks: [{ name: STACK }] });
    const shop = new Shop(system, "run");
    await shop.deploy({
      stacks: [
        { name: "one", templateBody: queue(1) },
        { name: "two", templateBody: queue(2), dependsOn: ["one"] },
      ],
    });
    const first = await system.watch(STACK, { optedIn: true });
    const { epoch } = first.subscribed;
    const viewer = new ChannelViewer(FOLLOWED, { url: system.worker().url, token: system.token });
    await viewer.connect();
    await first.saw(({ events }) => events.length === 30, "what was revealed");
    await eventually(() => viewer.offset > 10, "the deployment's events");
    await eventually(() => receiver.received(HOOK).length > 1, "messages that are not taken");
    expect((await shop.status()).status).not.toBe("deployed");

    await system.worker().kill();
    viewer.drop("cut");
    replay.reveal(10);
    isTaken = true;
    const seen = first.events.length;
    await system.restart();
    await system.worker().ready();
    const second = await system.watch(STACK, { optedIn: true, position: { epoch, offset: seen } });
    await viewer.connect();
    replay.revealAll();
    await second.saw(({ completes }) => completes.length > 0, "the stack's end");
    expect(second.subscribed).toMatchObject({ epoch, recovered: true });
    expectDense(second.events, seen + 1);
    expect(second.events).toHaveLength(replay.events.length - seen + second.completes.length);
    expect((await shop.end(1, 60_000)).status).toBe("deployed");
    await eventually(() => viewer.lines.at(-1)?.includes('"deployment_complete"') === true, "its end");
    expect(viewer.faults).toEqual([]);
    const reported = await shop.events(1);
    for (const [deployment, count] of [
      ["followed", viewer.offset],
      ["run", reported.length],
    ] as const) {
      await eventually(
        () => offsetsAt(HOOK, deployment).length === count,
        `messages of ${deployment}`,
        30_000,
      );
      expect(offsetsAt(HOOK, deployment)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }
    expect(system.worker().output()).not.toContain("Stored row cannot be read");
  });

  it("a gateway of the former release serves a stack and a deployment that trackers of this one tell of", async () => {
    system = await startSystem({ configs: (variables) => mixedConfigs(folder, variables) });
    const replay = system.simulator.replay(madeTrace(STACK, { resources: 10 }));
    replay.reveal(5);
    await post("/api/v1/deployments", { ...FOLLOWED, mode: "track", stacks: [{ name: STACK }] });
    const viewer = new ChannelViewer(FOLLOWED, { url: system.worker().url, token: system.token });
    await viewer.connect();
    const watcher = await system.watch(STACK, { optedIn: true });
    await watcher.saw(({ events }) => events.length === 5, "what was there");
    viewer.drop("closed");
    replay.revealAll();
    await viewer.connect();
    await watcher.saw(({ completes }) => completes.length > 0, "the stack's end");
    expectDense(watcher.events, 1);
    await eventually(() => viewer.lines.at(-1)?.includes('"deployment_complete"') === true, "its end");
    expect(viewer.faults).toEqual([]);
  });
});

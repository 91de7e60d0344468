/** Gateways with the real owners of channels: from the Worker's `/ws` to a deployment and to a stack, and back. */
import { env, exports } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { deploymentProgressSchema } from "../../src/protocol/deployment/deployment-progress.ts";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { tokenOf } from "../support/token.ts";
import { addressOf, deploymentOf, progressOf } from "./deployments.ts";
import { alarmIn, aws, newStack, poll, useFarEnd } from "./far-end.ts";
import { gatewayOf, GatewayViewer } from "./gateway-viewer.ts";

useFarEnd();

/** Where viewers are let in if nothing tells where they are. */
const GATEWAY = "gateway/enam/0";

const open = async (classic = false): Promise<GatewayViewer> => {
  const token = await tokenOf();
  const headers = { Upgrade: "websocket", "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}` };
  const answer = classic
    ? await exports.default.fetch(`https://stackcast.test/ws?token=${token}`, {
        headers: { Upgrade: "websocket" },
      })
    : await exports.default.fetch("https://stackcast.test/ws", { headers });
  return new GatewayViewer(answer);
};

const event = (type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  type,
  timestamp: new Date().toISOString(),
  data,
});

const send = async (deploymentId: string, ...events: readonly IngestEnvelope[]): Promise<void> => {
  const answer = await deploymentOf(deploymentId).ingest(addressOf(deploymentId), events, "pulumi");
  expect(answer).toMatchObject({ ok: true, value: { refused: 0 } });
};

/** The durable events of a viewer are all from 1 to the head, once and in order. */
const expectAll = async (viewer: GatewayViewer, deploymentId: string, from = 1): Promise<void> => {
  const { offset } = await progressOf(deploymentId);
  const expected = Array.from({ length: offset - from + 1 }, (_, index) => index + from);
  await expect.poll(() => viewer.offsets).toEqual(expected);
};

test("[S6] [G5] [S5] [S11] [G16] a deployment is followed by who came before it, during it and again", async () => {
  const early = await open();
  early.subscribe("deployments/whole-dev", { id: 1 });
  await early.until(1);
  expect(early.frames[0]).toMatchObject({ type: "subscribed", offset: 0 });
  const classic = await open(true);
  classic.subscribe("deployments/whole-dev");
  await classic.settled();
  await send(
    "whole",
    event("deployment_started", { totalStacks: 1, totalLayers: 1 }),
    event("stack_deploying", { stack: "network", layer: 1, dependencies: [] }),
  );
  await expectAll(early, "whole");
  const late = await open();
  late.subscribe("deployments/whole-dev", { id: 2 });
  await late.until(2);
  expect(late.types.slice(0, 2)).toEqual(["subscribed", "snapshot"]);
  const { offset, epoch } = await progressOf("whole");
  expect(late.frames[0]).toMatchObject({ epoch, offset });
  const snapshot = deploymentProgressSchema.parse(late.frames[1]?.["data"]);
  expect(snapshot).toMatchObject({ deploymentId: "whole", status: "deploying" });
  await evictDurableObject(gatewayOf(GATEWAY), { webSockets: "hibernate" });
  await send("whole", event("stack_deployed", { stack: "network", status: "deployed" }));
  await expectAll(early, "whole");
  await expectAll(classic, "whole");
  await expectAll(late, "whole", offset + 1);
  expect(early.texts.filter((text) => text.startsWith('{"type":"batch"')).length).toBeGreaterThan(1);
  const resumed = await open();
  resumed.subscribe("deployments/whole-dev", { epoch, offset });
  await expectAll(resumed, "whole", offset + 1);
  expect(resumed.frames[0]).toMatchObject({ wasRecovering: true, recovered: true });
  expect(classic.types.some((type) => type === "batch" || type === "subscribed")).toBe(false);
});

test("[G5] [S11] a stack's channel is followed through a gateway as on its own socket", async () => {
  const stack = newStack("by-gateway").own("CREATE_IN_PROGRESS");
  const viewer = await open();
  const channel = `stacks/us-east-1/${stack.name}`;
  viewer.subscribe(channel, { id: 1 });
  await expect.poll(() => viewer.offsets).toEqual([1]);
  stack.begun(3);
  await poll(stack.name);
  await expect.poll(() => viewer.offsets).toEqual([1, 2, 3, 4]);
  const late = await open();
  late.subscribe(channel);
  await expect.poll(() => late.offsets).toEqual([1, 2, 3, 4]);
  expect(late.types).toEqual(["subscribed", "batch"]);
  const events = await env.STACKS.get(env.STACKS.idFromName(channel)).eventsAfter(0, 10);
  expect(events).toMatchObject({ ok: true, value: { events: late.events } });
});

test("[G23] [S22] the owner hears at once that nobody watches, and looks no more for a stack that never was", async () => {
  const [leaving, closing] = [await open(), await open()];
  leaving.subscribe("stacks/us-east-1/wrong-name", { id: 1 });
  closing.subscribe("stacks/us-east-1/wrong-too", { id: 1 });
  await Promise.all([leaving.until(1), closing.until(1)]);
  await Promise.all([poll("wrong-name"), poll("wrong-too")]);
  expect(await alarmIn("wrong-name")).toBeGreaterThan(0);
  leaving.say({ action: "unsubscribe", channel: "stacks/us-east-1/wrong-name" });
  closing.socket.close();
  await closing.untilClosed();
  await leaving.heard();
  for (const name of ["wrong-name", "wrong-too"]) {
    const asked = async () => {
      const before = aws.cloudFormation.calls.length;
      await poll(name);
      return aws.cloudFormation.calls.length - before;
    };
    await expect.poll(asked).toBe(0);
    expect(await alarmIn(name)).toBeNull();
  }
});

test("[G23] a gateway that has a viewer again is not forgotten, however late the owner hears of the one who left", async () => {
  const viewer = await open();
  viewer.subscribe("deployments/again-dev", { id: 1 });
  await viewer.until(1);
  await deploymentOf("again").leave(GATEWAY);
  await send("again", event("deployment_started", { totalStacks: 1, totalLayers: 1 }));
  await expectAll(viewer, "again");
});

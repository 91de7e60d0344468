/** What a client may send on a stack's socket, and how a session ends or is renewed. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { AuthSettings } from "../../src/auth/auth-settings.ts";
import { verifyToken } from "../../src/auth/token.ts";
import { GatewayChannels } from "../../src/trackers/gateway/gateway-channels.ts";
import { GatewayList } from "../../src/trackers/gateway/gateway-lists.ts";
import { GatewayConversation } from "../../src/trackers/gateway/gateway-conversation.ts";
import type { GatewayTicket } from "../../src/trackers/gateway/gateway-ticket.ts";
import { HeldSockets } from "../../src/trackers/gateway/held-sockets.ts";
import { tokenOf } from "../support/token.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { Viewer, connectTo, gateway, hibernate } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

/** Unix seconds from now. */
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

test("[S25] a ping is answered by the runtime, and in another spelling by the object", async () => {
  const { stack, classic, modern } = await watched("ping");
  await hibernate(trackerOf(stack.name));
  for (const viewer of [classic, modern]) {
    const before = viewer.texts.length;
    viewer.socket.send('{"action":"ping"}');
    viewer.socket.send('{ "action": "ping" }');
    await viewer.until(before + 2);
    expect(viewer.texts.slice(before)).toEqual(['{"type":"pong"}', '{"type":"pong"}']);
  }
});

test("[S26] an ack is not answered", async () => {
  const { modern } = await watched("ack");
  modern.say({ action: "ack", offset: 1 });
  modern.say({ action: "ack", offset: 99, channel: "stacks/us-east-1/ack" });
  await modern.settled();
  expect(modern.types).toEqual(["subscribed", "batch", "pong"]);
});

test("[S27] a session is renewed on the open socket, and outlives the first one's end", async () => {
  const stack = newStack("renewed").own("CREATE_IN_PROGRESS");
  const session = { expiresAt: inSeconds(600) };
  const classic = await connectTo(trackerOf(stack.name), { session });
  const modern = await connectTo(trackerOf(stack.name), { session, subprotocol: true });
  await Promise.all([classic.until(1), modern.until(2)]);
  const exp = inSeconds(7200);
  const token = await tokenOf({ exp });
  classic.say({ action: "auth", token });
  modern.say({ action: "auth", id: 7, token });
  await modern.until(3);
  expect(modern.frames[2]).toEqual({
    type: "authorized",
    id: 7,
    expiresAt: new Date(exp * 1000).toISOString(),
  });
  await classic.settled();
  await hibernate(trackerOf(stack.name));
  pass(3600);
  stack.begun(1);
  await poll(stack.name);
  await Promise.all([classic.settled(), modern.settled()]);
  expect([classic.offsets, modern.offsets]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(classic.types).toEqual(["resource_update", "pong", "resource_update", "pong"]);
  pass(3601);
  stack.begun(1, "Late");
  await poll(stack.name);
  expect((await modern.untilClosed()).code).toBe(4001);
  expect((await classic.untilClosed()).code).toBe(4001);
});

test.for([
  ["not signed by our key", 4401, {}, "another-secret-that-is-long-enough-too"],
  ["without a subject", 4401, { sub: undefined }, undefined],
  ["expired", 4001, { exp: 1 }, undefined],
  ["for another channel", 4403, { channels: ["stacks/us-east-1/other"] }, undefined],
] as const)("[S27] [S32] a token that is %s closes with %i", async ([, code, claims, secret]) => {
  const { classic, modern } = await watched("refused");
  const token = await tokenOf(claims, secret);
  for (const viewer of [classic, modern]) viewer.say({ action: "auth", token });
  expect((await modern.untilClosed()).code).toBe(code);
  expect((await classic.untilClosed()).code).toBe(code);
  expect(modern.frames.at(-1)).toEqual({
    type: "disconnect",
    code,
    reason: modern.closed?.reason,
    reconnect: code < 4400,
    retryAfterMs: 1500,
  });
  expect(classic.types).not.toContain("disconnect");
});

test("[S28] a token that cannot be judged now is answered with an error, and the session goes on", async () => {
  newStack("keys").own("CREATE_IN_PROGRESS");
  const texts = await runInDurableObject(gateway(), async (_, ctx) => {
    const auth: AuthSettings = {
      mode: "jwt",
      keys: { jwksUrl: "https://keys.example.com/jwks.json" },
      issuer: undefined,
      audience: undefined,
    };
    const sockets = new HeldSockets<GatewayTicket>(ctx);
    const channels = new GatewayChannels(ctx, env, sockets);
    const lists = {
      board: new GatewayList(ctx, env, "board", sockets),
      directory: new GatewayList(ctx, env, "directory", sockets),
    };
    const conversation = new GatewayConversation(
      "gateway/enam/0",
      sockets,
      { channels, lists },
      (token, now) => verifyToken(token, auth, now),
    );
    const session = { subject: "tester", role: "viewer", expiresAt: inSeconds(600) } as const;
    const { 0: client, 1: server } = new WebSocketPair();
    await conversation.open(server, { session, optedIn: true }, { channel: "stacks/us-east-1/keys" });
    const viewer = new Viewer(new Response(null, { status: 101, webSocket: client }));
    await viewer.until(1);
    const before = viewer.texts.length;
    // As another key would have signed it.
    const token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ4IiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA";
    await conversation.heard(server, JSON.stringify({ action: "auth", id: 3, token }), Date.now());
    await viewer.until(before + 1);
    return viewer.closed ? ["closed"] : viewer.texts.filter((text) => text.includes('"id":3'));
  });
  expect(texts.map((text): unknown => JSON.parse(text))).toEqual([
    { type: "error", id: 3, error: { code: "KEYS_UNREACHABLE", message: expect.any(String) } },
  ]);
});

test.for([
  ["binary", 4400, new Uint8Array([1, 2, 3])],
  ["no JSON", 4400, "{"],
  ["an unknown action", 4400, '{"action":"subscribe","channel":"x"}'],
  ["no action", 4400, "[]"],
  ["an ack without an offset", 4400, '{"action":"ack"}'],
  ["over 64 KiB", 4413, `{"action":"ping","x":"${"x".repeat(64 * 1024)}"}`],
  ["over 64 KiB in UTF-8", 4413, `{"action":"ping","x":"${"ä".repeat(33 * 1024)}"}`],
] as const)("[S29] [S32] a frame that is %s closes with %i", async ([, code, frame]) => {
  const { stack, classic, modern } = await watched("malformed");
  modern.socket.send(frame);
  expect((await modern.untilClosed()).code).toBe(code);
  expect(modern.frames.at(-1)).toMatchObject({ type: "disconnect", code, reconnect: false });
  stack.begun(1);
  await poll(stack.name);
  await classic.settled();
  expect(classic.offsets).toEqual([1, 2]);
});

test("[S29] a frame of 64 KiB is taken", async () => {
  const { modern } = await watched("largest");
  const frame = `{"action":"ping","x":""}`;
  modern.socket.send(frame.replace('""', `"${"x".repeat(64 * 1024 - frame.length)}"`));
  await modern.until(3);
  expect(modern.types.at(-1)).toBe("pong");
});

test("[S30] [S32] an expired session is closed when something is sent to it or comes from it, not before", async () => {
  const stack = newStack("expired").own("CREATE_IN_PROGRESS");
  const session = { expiresAt: inSeconds(600) };
  const speaking = await connectTo(trackerOf(stack.name), { session, subprotocol: true });
  await speaking.until(2);
  pass(601);
  await poll(stack.name);
  await speaking.settled();
  expect(speaking.closed).toBeUndefined();
  speaking.say({ action: "ack", offset: 1 });
  expect((await speaking.untilClosed()).code).toBe(4001);
  expect(speaking.frames.at(-1)).toMatchObject({ type: "disconnect", code: 4001, reconnect: true });
  const listening = await connectTo(trackerOf(stack.name), { session: { expiresAt: inSeconds(60) } });
  await listening.until(1);
  pass(61);
  stack.begun(1);
  await poll(stack.name);
  expect((await listening.untilClosed()).code).toBe(4001);
  expect(listening.offsets).toEqual([1]);
});

import { reset } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SESSION_HEADER, sessionSchema } from "../../src/protocol/connection/session.ts";
import { tokenOf } from "../support/token.ts";
import { ask, failure, jsonOf, ORIGIN, type Asking } from "./ask.ts";
import { FakeGateways } from "./fake-gateways.ts";

const track = "/canvas/deploy/track/app";
const upgrade = { Upgrade: "websocket" };

const bare = (code: string) => ({ error: failure(code).error });

const outcomeOf = async (address: string, asking: Asking) => {
  const gateways = new FakeGateways();
  const answer = await ask(address, { headers: upgrade, bindings: gateways.bindings, ...asking });
  return {
    asked: gateways.asked,
    status: answer.status,
    body: answer.webSocket ? null : await jsonOf(answer),
  };
};

/** The tracker's alarm goes before the network comes back. */
afterEach(async () => {
  await reset();
  vi.restoreAllMocks();
});

describe("a stack's WebSocket", () => {
  test("each form of a token opens it", async () => {
    const token = await tokenOf();
    const opened = { asked: ["gateway/enam/0 enam"], status: 101, body: null };
    const offer = { "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}` };
    expect(await outcomeOf(track, { token })).toEqual(opened);
    expect(await outcomeOf(`${track}?token=${token}`, {})).toEqual(opened);
    expect(await outcomeOf(track, { headers: { ...upgrade, ...offer } })).toEqual(opened);
  });

  test("a gateway gets the session, the channel and the position, and neither token nor cookie nor address", async () => {
    const gateways = new FakeGateways();
    const token = await tokenOf({ sub: "Zoë 李 🚀", channels: ["stacks/eu-*/*"] });
    await ask(`${track}?region=eu-west-1&epoch=3f9c&offset=41&token=${token}&extra=1`, {
      headers: {
        ...upgrade,
        "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}`,
        Cookie: "a=b",
        Authorization: `Bearer ${token}`,
        [SESSION_HEADER]: '{"subject":"forged","role":"admin","expiresAt":9999999999}',
      },
      bindings: gateways.bindings,
    });
    const [request] = gateways.requests;
    expect(request?.url).toBe("https://gateway/socket?channel=stacks%2Feu-west-1%2Fapp&epoch=3f9c&offset=41");
    const { [SESSION_HEADER]: session, ...headers } = Object.fromEntries(request!.headers);
    expect(headers).toEqual({ upgrade: "websocket", "sec-websocket-protocol": "stackcast.v1" });
    expect(sessionSchema.parse(JSON.parse(session!))).toEqual({
      subject: "Zoë 李 🚀",
      role: "viewer",
      channels: ["stacks/eu-*/*"],
      expiresAt: expect.any(Number),
    });
  });

  test("a viewer of the classic protocol offers nothing on", async () => {
    const gateways = new FakeGateways();
    await ask(track, { token: await tokenOf(), headers: upgrade, bindings: gateways.bindings });
    expect(gateways.requests[0]?.url).toBe("https://gateway/socket?channel=stacks%2Fus-east-1%2Fapp");
    expect(gateways.requests[0]?.headers.has("Sec-WebSocket-Protocol")).toBe(false);
  });

  test.each([
    ["no token", undefined],
    ["garbage", "garbage"],
  ])("%s is 401 before any upgrade", async (_title, token) => {
    expect(await outcomeOf(track, token === undefined ? {} : { token })).toEqual({
      asked: [],
      status: 401,
      body: bare("UNAUTHENTICATED"),
    });
  });

  test("an expired token is 401 and says so", async () => {
    expect(await outcomeOf(`${track}?token=${await tokenOf({ exp: 1000 })}`, {})).toEqual({
      asked: [],
      status: 401,
      body: bare("TOKEN_EXPIRED"),
    });
  });

  test("a stack that the token does not cover is 403, whether it exists or not", async () => {
    const token = await tokenOf({ role: "admin", channels: ["stacks/us-east-1/other"] });
    expect(await outcomeOf(track, { token })).toEqual({ asked: [], status: 403, body: bare("FORBIDDEN") });
  });

  test.each([
    `${track}?region=nowhere`,
    "/canvas/deploy/track/-app",
    `${track}?offset=-1`,
    `${track}?offset=`,
  ])("%s is 400", async (address) => {
    expect(await outcomeOf(address, { token: await tokenOf() })).toEqual({
      asked: [],
      status: 400,
      body: bare("INVALID_REQUEST"),
    });
  });

  test("without an upgrade it is 426", async () => {
    expect(await outcomeOf(track, { token: await tokenOf(), headers: {} })).toEqual({
      asked: [],
      status: 426,
      body: bare("UPGRADE_REQUIRED"),
    });
  });

  test("a page of a foreign origin is 403", async () => {
    expect(
      await outcomeOf(track, {
        token: await tokenOf(),
        headers: { ...upgrade, Origin: "https://attacker.example" },
      }),
    ).toEqual({ asked: [], status: 403, body: bare("ORIGIN_NOT_ALLOWED") });
    const own = { token: await tokenOf(), headers: { ...upgrade, Origin: ORIGIN } };
    expect((await outcomeOf(track, own)).status).toBe(101);
  });

  test("a gateway of the release before cannot open it: 503, to be tried again", async () => {
    const gateways = new FakeGateways(true);
    const answer = await ask(track, {
      token: await tokenOf(),
      headers: upgrade,
      bindings: gateways.bindings,
    });
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(await jsonOf(answer)).toEqual(bare("UNAVAILABLE"));
  });

  test("through the whole Worker the subprotocol is selected and the token is not echoed", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("away", { status: 503 }));
    const token = await tokenOf();
    const answer = await exports.default.fetch(`${ORIGIN}/canvas/deploy/track/whole-worker`, {
      headers: { ...upgrade, "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}` },
    });
    expect(answer.status).toBe(101);
    expect(answer.headers.get("Sec-WebSocket-Protocol")).toBe("stackcast.v1");
    answer.webSocket?.accept();
    answer.webSocket?.close(1000);
  });
});

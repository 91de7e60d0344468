/** `/ws` at the edge: who gets to a gateway, and to which one. */
import { reset } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SESSION_HEADER, sessionSchema } from "../../src/protocol/connection/session.ts";
import { tokenOf } from "../support/token.ts";
import { ask, failure, jsonOf, ORIGIN, type Asking } from "./ask.ts";
import { FakeGateways } from "./fake-gateways.ts";

const upgrade = { Upgrade: "websocket" };

const outcomeOf = async (address: string, asking: Asking) => {
  const gateways = new FakeGateways();
  const { bindings, ...rest } = asking;
  const answer = await ask(address, {
    headers: upgrade,
    bindings: { ...gateways.bindings, ...bindings },
    ...rest,
  });
  return {
    asked: gateways.asked,
    status: answer.status,
    body: answer.webSocket ? null : await jsonOf(answer),
  };
};

const refused = (status: number, code: string) => ({ asked: [], status, body: failure(code) });

/** From where Cloudflare says that a request comes. */
const from = async (cf: Readonly<Record<string, string>>) => {
  const { asked } = await outcomeOf("/ws", { token: await tokenOf(), cf });
  return asked[0];
};

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

describe("the WebSocket of all channels", () => {
  test("each form of a token opens it", async () => {
    const token = await tokenOf();
    const opened = { asked: ["gateway/enam/0 enam"], status: 101, body: null };
    const offer = { "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}` };
    expect(await outcomeOf("/ws", { token })).toEqual(opened);
    expect(await outcomeOf(`/ws?token=${token}`, {})).toEqual(opened);
    expect(await outcomeOf("/ws", { headers: { ...upgrade, ...offer } })).toEqual(opened);
    const issued = await ask("/api/v1/tickets", { method: "POST", token });
    const { data } = await issued.json<{ data: { ticket: string } }>();
    expect(await outcomeOf(`/ws?ticket=${data.ticket}`, {})).toEqual(opened);
  });

  test("the gateway gets the session and the choice of protocol, and neither token nor address", async () => {
    const gateways = new FakeGateways();
    const token = await tokenOf({ channels: ["deployments/D1/*"] });
    await ask(`/ws?token=${token}&extra=1`, {
      headers: {
        ...upgrade,
        "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}`,
        [SESSION_HEADER]: '{"subject":"forged","role":"admin","expiresAt":9999999999}',
      },
      bindings: gateways.bindings,
    });
    const [request] = gateways.requests;
    expect(new URL(request!.url).search).toBe("");
    const { [SESSION_HEADER]: session, ...headers } = Object.fromEntries(request!.headers);
    expect(headers).toEqual({ upgrade: "websocket", "sec-websocket-protocol": "stackcast.v1" });
    expect(sessionSchema.parse(JSON.parse(session!))).toMatchObject({
      subject: "tester",
      role: "viewer",
      channels: ["deployments/D1/*"],
    });
  });

  test("bad or absent tokens are 401 before any upgrade", async () => {
    expect(await outcomeOf("/ws", {})).toEqual(refused(401, "UNAUTHENTICATED"));
    expect(await outcomeOf("/ws", { token: "garbage" })).toEqual(refused(401, "UNAUTHENTICATED"));
    const expired = await tokenOf({ exp: 1000 });
    expect(await outcomeOf(`/ws?token=${expired}`, {})).toEqual(refused(401, "TOKEN_EXPIRED"));
  });

  test("without an upgrade it is 426, and by another method 405", async () => {
    const token = await tokenOf();
    expect(await outcomeOf("/ws", { token, headers: {} })).toEqual(refused(426, "UPGRADE_REQUIRED"));
    expect(await outcomeOf("/ws", { token, method: "POST" })).toEqual(refused(405, "METHOD_NOT_ALLOWED"));
  });

  test("a page of a foreign origin is 403", async () => {
    const token = await tokenOf();
    const headers = { ...upgrade, Origin: "https://attacker.example" };
    expect(await outcomeOf("/ws", { token, headers })).toEqual(refused(403, "ORIGIN_NOT_ALLOWED"));
    expect((await outcomeOf("/ws", { token, headers: { ...upgrade, Origin: ORIGIN } })).status).toBe(101);
  });

  test("the gateway is near the viewer, and near the default region where nobody tells the viewer's place", async () => {
    expect(await from({ continent: "NA", country: "US", longitude: "-122.3" })).toBe("gateway/wnam/0 wnam");
    expect(await from({ continent: "NA", country: "US", longitude: "-74.0" })).toBe("gateway/enam/0 enam");
    expect(await from({ continent: "NA", country: "MX" })).toBe("gateway/enam/0 enam");
    expect(await from({ continent: "SA", country: "BR" })).toBe("gateway/sam/0 sam");
    expect(await from({ continent: "EU", country: "DE" })).toBe("gateway/weur/0 weur");
    expect(await from({ continent: "EU", country: "PL" })).toBe("gateway/eeur/0 eeur");
    expect(await from({ continent: "AS", country: "AE" })).toBe("gateway/me/0 me");
    expect(await from({ continent: "AS", country: "JP" })).toBe("gateway/apac-ne/0 apac-ne");
    expect(await from({ continent: "AS", country: "SG" })).toBe("gateway/apac-se/0 apac-se");
    expect(await from({ continent: "AF", country: "ZA" })).toBe("gateway/afr/0 afr");
    expect(await from({ continent: "OC", country: "AU" })).toBe("gateway/oc/0 oc");
    expect(await from({ country: "T1" })).toBe("gateway/enam/0 enam");
    const token = await tokenOf();
    const bindings = { AWS_REGION: "eu-central-1" };
    expect((await outcomeOf("/ws", { token, bindings })).asked).toEqual(["gateway/weur/0 weur"]);
  });

  test("viewers are spread over the shards by chance", async () => {
    const token = await tokenOf();
    const bindings = { GATEWAY_SHARDS: "4" };
    const chance = vi.spyOn(Math, "random");
    for (const [value, shard] of [
      [0, 0],
      [0.5, 2],
      [0.999, 3],
    ] as const) {
      chance.mockReturnValue(value);
      const { asked } = await outcomeOf("/ws", { token, bindings });
      expect(asked).toEqual([`gateway/enam/${shard} enam`]);
    }
  });

  test("a gateway that is full sends on to another, which is known from then on, and a setting fixes how many there are", async () => {
    const gateways = new FakeGateways();
    gateways.full = 3;
    // A place that no test is about after this one.
    const cf = { continent: "OC" };
    vi.spyOn(Math, "random").mockReturnValue(0.99);
    const open = async (more: Asking["bindings"] = {}) => {
      const answer = await ask("/ws", {
        headers: upgrade,
        token: await tokenOf(),
        cf,
        bindings: { ...gateways.bindings, ...more },
      });
      const names = gateways.asked.splice(0).map((one) => one.split(" ")[0]);
      return [answer.status, names] as const;
    };
    expect(await open()).toEqual([101, ["gateway/oc/0", "gateway/oc/2", "gateway/oc/3"]]);
    expect(await open()).toEqual([101, ["gateway/oc/3"]]);
    const [status, asked] = await open({ GATEWAY_SHARDS: "2" });
    expect([status, new Set(asked)]).toEqual([503, new Set(["gateway/oc/1", "gateway/oc/0"])]);
  });

  test("through the whole Worker the subprotocol is selected and the token is not echoed", async () => {
    const answer = await exports.default.fetch(`${ORIGIN}/ws`, {
      headers: { ...upgrade, "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${await tokenOf()}` },
    });
    expect(answer.status).toBe(101);
    expect(answer.headers.get("Sec-WebSocket-Protocol")).toBe("stackcast.v1");
    answer.webSocket?.accept();
    answer.webSocket?.close(1000);
    // The runtime crashes if an object is wiped out while its sockets are closing.
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});

import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { signedTicket } from "../../src/auth/signed-ticket.ts";
import type { Env } from "../../src/env.ts";
import { gatewayOf } from "../../src/objects.ts";
import type { Session } from "../../src/protocol/connection/session.ts";
import { ticketSchema } from "../../src/protocol/connection/ticket.ts";
import { tokenOf } from "../support/token.ts";
import { ask, failure, jsonOf, type Asking } from "./ask.ts";
import { FakeGateways } from "./fake-gateways.ts";

const SECRET = env.AUTH_JWT_SECRET ?? "";
const GATEWAY = "gateway/enam/0";
const upgrade = { Upgrade: "websocket" };

const sessionUntil = (seconds: number): Session => ({
  subject: "kim",
  role: "deployer",
  channels: ["stacks/*/*"],
  expiresAt: Math.floor(Date.now() / 1000) + seconds,
});

const issue = async (asking: Asking = {}) => {
  const answer = await ask("/api/v1/tickets", { method: "POST", token: await tokenOf(), ...asking });
  expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
  return ticketSchema.parse((await answer.json<{ data: unknown }>()).data);
};

/** Opens a socket; the status tells whether it was let in. */
const open = (ticket: string, bindings: Partial<Env> = {}) =>
  ask(`/ws?ticket=${encodeURIComponent(ticket)}`, { headers: upgrade, bindings });

const waitFor = (seconds: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });

/** Objects that nobody may call: each call is counted by the name of its binding. */
const countedObjects = () => {
  const calls: string[] = [];
  const names = Object.entries(env).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && "idFromName" in value ? [name] : [],
  );
  const namespaceOf = (binding: string) => ({
    idFromName: (name: string) => name,
    get: () => {
      calls.push(binding);
      throw new Error("not here");
    },
  });
  const bindings = Object.fromEntries(names.map((name) => [name, namespaceOf(name)])) as Partial<Env>;
  return { calls, bindings, names };
};

afterEach(() => vi.useRealTimers());

describe("tickets", () => {
  test("a ticket opens one socket, also after the gateway has slept or the socket has closed", async () => {
    const [first, second] = [await issue(), await issue()];
    const opened = await open(first.ticket);
    expect(opened.status).toBe(101);
    opened.webSocket!.accept();
    const again = await open(first.ticket);
    expect([again.status, await jsonOf(again)]).toEqual([401, failure("UNAUTHENTICATED")]);
    await evictDurableObject(gatewayOf(env, GATEWAY), { webSockets: "hibernate" });
    expect((await open(first.ticket)).status).toBe(401);
    const closed = new Promise((resolve) => opened.webSocket!.addEventListener("close", resolve));
    opened.webSocket!.close(1000);
    await closed;
    await evictDurableObject(gatewayOf(env, GATEWAY), { webSockets: "hibernate" });
    expect((await open(first.ticket)).status).toBe(401);
    expect((await open(second.ticket)).status).toBe(101);
  });

  test("of many at the same time one opens a socket", async () => {
    const { ticket } = await issue();
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await open(ticket)).status));
    expect(statuses.filter((status) => status === 101)).toHaveLength(1);
  });

  test("a ticket is taken by the gateway that it names, wherever it is shown, as who asked for it", async () => {
    const { ticket } = await signedTicket(SECRET, sessionUntil(60), "gateway/weur/2", Date.now());
    const gateways = new FakeGateways();
    expect((await open(ticket, gateways.bindings)).status).toBe(101);
    expect(gateways.asked).toEqual(["gateway/weur/2 enam"]);
    expect(gateways.requests.map(({ headers }) => headers.get("stackcast-session"))).toEqual([
      JSON.stringify(sessionUntil(60)),
    ]);
  });

  test("a ticket is good for a minute at most, and does not outlive its session", async () => {
    const gateways = new FakeGateways();
    const short = await signedTicket(SECRET, sessionUntil(10), GATEWAY, Date.now());
    expect(short.expiresAt).toBe(sessionUntil(10).expiresAt * 1000);
    const long = await signedTicket(SECRET, sessionUntil(600), GATEWAY, Date.now());
    expect(long.expiresAt - Date.now()).toBeLessThanOrEqual(60_000);
    waitFor(11);
    expect((await open(short.ticket, gateways.bindings)).status).toBe(401);
    expect((await open(long.ticket, gateways.bindings)).status).toBe(101);
    waitFor(50);
    expect((await open(long.ticket, gateways.bindings)).status).toBe(401);
  });

  test("a flood without a valid signature calls no object: tickets, upgrades, REST", async () => {
    const { calls, bindings, names } = countedObjects();
    expect(names).toContain("GATEWAYS");
    const { ticket } = await issue();
    const stolen = await signedTicket("x".repeat(32), sessionUntil(60), GATEWAY, Date.now());
    const other = await tokenOf();
    const bad = [
      "nothing",
      "%",
      "ÿ",
      // Not the last one, of which base64 leaves some bits unused.
      ticket.replace(/.(?=.{9}$)/, (one) => (one === "A" ? "B" : "A")),
      stolen.ticket,
      other,
      `${ticket}.${ticket}`,
    ];
    const statuses = new Set<number>();
    for (const text of bad) {
      const shown = encodeURIComponent(text);
      statuses.add((await open(text, bindings)).status);
      for (const path of ["/ws", "/canvas/deploy/track/app"]) {
        const urls = text === other ? [`${path}?ticket=${shown}`] : [`${path}?token=${shown}`, path];
        for (const url of urls) statuses.add((await ask(url, { headers: upgrade, bindings })).status);
      }
    }
    const forged = `${other.slice(0, -4)}AAAA`;
    const rest = [
      "/api/v1/deployments",
      "/api/v1/deployments/D1/status?environment=dev",
      "/api/v1/stacks",
      "/api/v1/stacks/unknown",
      "/api/v1/budget",
      "/api/v1/destinations",
      "/api/v1/accounts",
    ];
    for (const token of [undefined, "garbage", forged, ticket])
      for (const path of rest)
        statuses.add((await ask(path, { bindings, ...(token !== undefined && { token }) })).status);
    for (const token of [undefined, forged, ticket]) {
      const asking = { bindings, method: "POST", ...(token !== undefined && { token }) };
      statuses.add((await ask("/api/v1/tickets", asking)).status);
      statuses.add((await ask("/api/v1/deployments", asking)).status);
    }
    expect([...statuses]).toEqual([401]);
    expect(calls).toEqual([]);
  });

  test("a valid token is given tickets without a call of any object", async () => {
    const { calls, bindings } = countedObjects();
    const given = await Promise.all(Array.from({ length: 20 }, () => issue({ bindings })));
    expect(new Set(given.map(({ ticket }) => ticket)).size).toBe(20);
    expect(calls).toEqual([]);
  });

  test("where no setting holds a secret an object has one, the same for ever, and is asked once", async () => {
    const kept = env.TICKETS.get(env.TICKETS.idFromName("tickets"));
    const secret = await kept.secret();
    expect([secret, await kept.secret()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), secret]);
    let asked = 0;
    const gateways = new FakeGateways();
    const bindings = {
      ...gateways.bindings,
      AUTH_JWT_SECRET: "",
      AUTH_JWKS_URL: "https://keys.example/jwks",
      TICKETS: {
        idFromName: (name: string) => name,
        get: () => ({ secret: async () => ((asked += 1), secret) }),
      } as unknown as Env["TICKETS"],
    };
    // The settings of an environment are parsed once: the isolate's next request finds the same ones.
    const environment = { ...env, ...bindings };
    const { ticket } = await signedTicket(secret, sessionUntil(60), GATEWAY, Date.now());
    const { app } = await import("../../src/http/app.ts");
    const show = async (text: string) =>
      (
        await app.fetch(
          new Request(`https://stackcast.test/ws?ticket=${text}`, { headers: upgrade }),
          environment,
        )
      ).status;
    expect([await show("garbage"), await show(ticket), await show(ticket.slice(1))]).toEqual([401, 101, 401]);
    expect(asked).toBe(1);
  });

  test("who asks too often is told to wait, by subject and address", async () => {
    const keys: string[] = [];
    const limit = { limit: async ({ key }: { key: string }) => (keys.push(key), { success: false }) };
    const bindings = { CALLER_LIMIT: limit, STRANGER_LIMIT: limit } as Partial<Env>;
    const token = await tokenOf();
    const headers = { "CF-Connecting-IP": "192.0.2.1" };
    const answers = [
      await ask("/api/v1/tickets", { method: "POST", token, bindings, headers }),
      await ask("/api/v1/stacks/app", { token, bindings, headers }),
      await ask("/ws", { token, bindings, headers: { ...headers, ...upgrade } }),
      await ask("/.well-known/jwks.json", { bindings, headers }),
    ];
    for (const answer of answers)
      expect([answer.status, answer.headers.get("Retry-After"), await jsonOf(answer)]).toEqual([
        429,
        "60",
        failure("TOO_MANY_REQUESTS"),
      ]);
    expect(keys.map((key): unknown => JSON.parse(key))).toEqual([
      ["tickets", "tester", "192.0.2.1"],
      ["reads", "tester", "192.0.2.1"],
      ["sockets", "tester", "192.0.2.1"],
      ["strangers", "", "192.0.2.1"],
    ]);
  });
});

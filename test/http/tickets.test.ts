import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { signedTicket, ticketKeyOf } from "../../src/auth/signed-ticket.ts";
import type { Session } from "../../src/protocol/connection/session.ts";
import { ticketSchema } from "../../src/protocol/connection/ticket.ts";
import type { Env } from "../../src/env.ts";
import { ask, askAs, failure, jsonOf } from "./ask.ts";
import { FakeGateways } from "./fake-gateways.ts";

const HOUR = 3600;

const sessionOf = (): Session => ({
  subject: "kim",
  role: "deployer",
  channels: ["stacks/*/*"],
  expiresAt: Math.floor(Date.now() / 1000) + HOUR,
});

/** Each test has an object of its own, since storage is shared within a file. */
const ticketsOf = (name: string) => env.TICKETS.get(env.TICKETS.idFromName(name));

const refused = { ok: false, failure: { code: "UNAUTHENTICATED", message: expect.any(String) } };

const issue = async (name: string, session = sessionOf()) => {
  const issued = await ticketsOf(name).issue(session);
  return issued.ok ? issued.value : expect.unreachable(issued.failure.message);
};

const rowsOf = (name: string) =>
  runInDurableObject(ticketsOf(name), (_object, { storage }) =>
    storage.sql.exec("SELECT * FROM tickets").toArray(),
  );

const waitFor = (seconds: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });

afterEach(() => vi.useRealTimers());

describe("tickets", () => {
  test("a ticket gives back its session", async () => {
    const session = sessionOf();
    const { ticket } = await issue("whole", session);
    expect(await ticketsOf("whole").redeem(ticket)).toEqual({ ok: true, value: session });
  });

  test("of many at the same time one gets the session", async () => {
    const { ticket } = await issue("once");
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ticketsOf("once").redeem(ticket)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await ticketsOf("once").redeem(ticket)).toEqual(refused);
  });

  test("an unknown ticket is refused", async () => {
    expect(await ticketsOf("unknown").redeem("nothing")).toEqual(refused);
    expect(await ticketsOf("unknown").redeem("")).toEqual(refused);
  });

  test("a ticket is good for a minute", async () => {
    const early = await issue("minute");
    const late = await issue("minute");
    waitFor(59);
    expect((await ticketsOf("minute").redeem(early.ticket)).ok).toBe(true);
    waitFor(2);
    expect(await ticketsOf("minute").redeem(late.ticket)).toEqual(refused);
  });

  test("a ticket does not outlive its session", async () => {
    const session = { ...sessionOf(), expiresAt: Math.floor(Date.now() / 1000) + 10 };
    const { ticket, expiresAt } = await issue("session", session);
    expect(Date.parse(expiresAt)).toBe(session.expiresAt * 1000);
    waitFor(11);
    expect(await ticketsOf("session").redeem(ticket)).toEqual(refused);
  });

  test("tickets cannot be guessed, and are not stored as they are", async () => {
    const tickets = await Promise.all(Array.from({ length: 10 }, () => issue("hashed")));
    expect(new Set(tickets.map(({ ticket }) => ticket)).size).toBe(10);
    for (const { ticket } of tickets) expect(ticket).toMatch(/^[A-Za-z0-9_-]{86}$/);
    const stored = JSON.stringify(await rowsOf("hashed"));
    for (const { ticket } of tickets) expect(stored).not.toContain(ticket);
  });

  test("one subject has at most 2,000 open tickets, and others have theirs", async () => {
    const issued = await Promise.all(Array.from({ length: 2_000 }, () => issue("many")));
    const again = () => ticketsOf("many").issue(sessionOf());
    expect(await again()).toMatchObject({ ok: false, failure: { code: "TOO_MANY_REQUESTS" } });
    await issue("many", { ...sessionOf(), subject: "sam" });
    await ticketsOf("many").redeem(issued[0]?.ticket ?? "");
    expect((await again()).ok).toBe(true);
    expect((await again()).ok).toBe(false);
    waitFor(60);
    expect((await again()).ok).toBe(true);
  });

  test("the alarm deletes what has expired, and stops when nothing is left", async () => {
    const alarmOf = () =>
      runInDurableObject(ticketsOf("alarm"), (_object, { storage }) => storage.getAlarm());
    const first = await issue("alarm");
    waitFor(30);
    const second = await issue("alarm");
    expect(await alarmOf()).toBe(Date.parse(first.expiresAt));
    waitFor(31);
    await runDurableObjectAlarm(ticketsOf("alarm"));
    expect(await rowsOf("alarm")).toHaveLength(1);
    expect(await alarmOf()).toBe(Date.parse(second.expiresAt));
    waitFor(31);
    await runDurableObjectAlarm(ticketsOf("alarm"));
    expect(await rowsOf("alarm")).toEqual([]);
    expect(await alarmOf()).toBeNull();
  });

  test("over REST a ticket is given for a token, and opens one socket as who asked", async () => {
    const answer = await askAs("viewer", "/api/v1/tickets", { method: "POST" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const body = await jsonOf(answer);
    expect(body).toEqual({
      success: true,
      data: { ticket: expect.any(String), expiresAt: expect.any(String) },
    });
    const { ticket } = ticketSchema.parse((body as { data: unknown }).data);
    const gateways = new FakeGateways();
    const asking = { headers: { Upgrade: "websocket" }, bindings: gateways.bindings };
    const track = `/canvas/deploy/track/app?ticket=${ticket}`;
    expect((await ask(track, asking)).status).toBe(101);
    expect((await ask(track, asking)).status).toBe(401);
    expect(gateways.requests.map(({ headers }) => headers.get("stackcast-session"))).toEqual([
      expect.stringContaining('"subject":"tester","role":"viewer"'),
    ]);
  });

  test("what Stackcast has not signed, or is over, is refused without a question to the object of tickets", async () => {
    const { ticket: other } = await issue("elsewhere");
    const late = await signedTicket(await ticketKeyOf(env.AUTH_JWT_SECRET ?? ""), Date.now());
    const stolen = await signedTicket(await ticketKeyOf("x".repeat(32)), Date.now() + 60_000);
    const forged = [
      other.replace(/^./, (first) => (first === "A" ? "B" : "A")),
      late,
      stolen,
      "nothing",
      "ÿ",
      "%",
    ];
    const asked: string[] = [];
    const TICKETS = {
      idFromName: (name: string) => name,
      get: () => ({
        redeem: async (ticket: string) => {
          asked.push(ticket);
          return { ok: false, failure: { code: "UNAUTHENTICATED", message: "not here" } };
        },
      }),
    } as unknown as Env["TICKETS"];
    const statuses: number[] = [];
    for (const ticket of [...forged, other]) {
      const path = `/ws?ticket=${encodeURIComponent(ticket)}`;
      statuses.push((await ask(path, { headers: { Upgrade: "websocket" }, bindings: { TICKETS } })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(asked).toEqual([other]);
  });

  test("where no setting holds a secret the object of tickets has one, the same for ever", async () => {
    const secret = await ticketsOf("tickets").secret();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await ticketsOf("tickets").secret()).toBe(secret);
    const bindings = { AUTH_JWT_SECRET: "", AUTH_JWKS_URL: "https://keys.example/jwks" };
    const ticket = await signedTicket(await ticketKeyOf(secret), Date.now() + 60_000);
    const redeemed: string[] = [];
    const TICKETS = {
      idFromName: (name: string) => name,
      get: () => ({
        secret: async () => secret,
        redeem: async (given: string) => {
          redeemed.push(given);
          return { ok: true, value: sessionOf() };
        },
      }),
    } as unknown as Env["TICKETS"];
    const gateways = new FakeGateways();
    const asking = {
      headers: { Upgrade: "websocket" },
      bindings: { ...bindings, ...gateways.bindings, TICKETS },
    };
    const track = `/canvas/deploy/track/app?ticket=`;
    expect((await ask(track + ticket, asking)).status).toBe(101);
    expect((await ask(track + ticket.slice(1), asking)).status).toBe(401);
    expect(redeemed).toEqual([ticket]);
  });

  test("without a token there is no ticket", async () => {
    const answer = await ask("/api/v1/tickets", { method: "POST" });
    expect([answer.status, await jsonOf(answer)]).toEqual([401, failure("UNAUTHENTICATED")]);
  });
});

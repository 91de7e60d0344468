import { afterEach, beforeEach, expect, test } from "vitest";
import { destinationsClient } from "../../src/client/destinations.ts";
import { FakeRest, refused, succeeded } from "./fake-rest.ts";

let server: FakeRest;

beforeEach(async () => {
  server = await new FakeRest(() => succeeded({})).start();
});

afterEach(() => server.stop());

const client = () => destinationsClient({ url: server.url, token: async () => "secret", timeoutMs: 5_000 });

test("the client of destinations asks every route as the contract names it, with the token", async () => {
  const destinations = client();
  await destinations.list();
  await destinations.create({ kind: "webhook", url: "https://example.com" });
  await destinations.show("d 1");
  await destinations.change("d1", { name: "Ops" });
  await destinations.remove("d1");
  await destinations.test("d1");
  await destinations.enable("d1");
  await destinations.rotateSecret("d1", 60);
  await destinations.deliveries("d1", { state: "dead", limit: 5 });
  await destinations.redeliver("d1", "m/1");
  expect(server.asked.map(({ method, url, body }) => `${method} ${url} ${body}`.trim())).toEqual([
    "GET /api/v1/destinations",
    'POST /api/v1/destinations {"kind":"webhook","url":"https://example.com"}',
    "GET /api/v1/destinations/d%201",
    'PATCH /api/v1/destinations/d1 {"name":"Ops"}',
    "DELETE /api/v1/destinations/d1",
    "POST /api/v1/destinations/d1/test",
    "POST /api/v1/destinations/d1/enable",
    'POST /api/v1/destinations/d1/rotate-secret {"graceSeconds":60}',
    "GET /api/v1/destinations/d1/deliveries?state=dead&limit=5",
    "POST /api/v1/destinations/d1/deliveries/m%2F1/redeliver",
  ]);
  expect(new Set(server.asked.map(({ token }) => token))).toEqual(new Set(["secret"]));
});

test("the client of destinations gives what is answered, and why there is none", async () => {
  server.answer = () => succeeded({ items: [] });
  expect(await client().list()).toEqual({ ok: true, value: { items: [] } });
  server.answer = () => ({ status: 204 });
  expect(await client().remove("d1")).toEqual({ ok: true, value: undefined });
  server.answer = () => refused(403, "FORBIDDEN");
  expect(await client().list()).toMatchObject({ ok: false, failure: { code: "FORBIDDEN", status: 403 } });
  expect(await client().remove("d1")).toMatchObject({ ok: false, failure: { code: "FORBIDDEN" } });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { restClient } from "../../src/client/rest.ts";
import { FakeRest, refused, succeeded } from "./fake-rest.ts";

const POSITION = { channel: "c", epoch: "e", offset: 3, floor: 1 };
const ADDRESS = { deploymentId: "D1BRV40", environment: "dev" };
const PROGRESS = { deploymentId: "D1BRV40", environment: "dev", status: "deploying", stacks: {} };

let server: FakeRest;

beforeEach(async () => {
  server = await new FakeRest(() => succeeded({})).start();
});

afterEach(() => server.stop());

const client = (timeoutMs = 1_000) => restClient({ url: server.url, token: async () => "secret", timeoutMs });

describe("the REST client", () => {
  test("asks every route as the contract names it, with the token", async () => {
    const { deployments, stacks, tickets } = client();
    await deployments.list({ environment: "dev", limit: 5 });
    await deployments.register({ ...ADDRESS, mode: "ingest", stacks: [] });
    await deployments.status(ADDRESS, { run: 2 });
    await deployments.runs(ADDRESS);
    await deployments.stackProgress(ADDRESS, "a.b");
    await deployments.events(ADDRESS, { after: 3, limit: 9 });
    await deployments.audit(ADDRESS, { from: "2026-01-01T00:00:00.000Z" });
    await deployments.ingest(ADDRESS, []);
    await stacks.summary({ stackName: "app" });
    await stacks.events({ stackName: "app", region: "eu-west-1" }, { after: 1 });
    await stacks.track({ stackName: "app", region: "eu-west-1" });
    await stacks.untrack({ stackName: "app" });
    await tickets.issue();
    expect(server.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /api/v1/deployments?environment=dev&limit=5",
      "POST /api/v1/deployments",
      "GET /api/v1/deployments/D1BRV40/status?environment=dev&run=2",
      "GET /api/v1/deployments/D1BRV40/runs?environment=dev",
      "GET /api/v1/deployments/D1BRV40/stacks/a.b/progress?environment=dev",
      "GET /api/v1/deployments/D1BRV40/events?environment=dev&after=3&limit=9",
      "GET /api/v1/deployments/D1BRV40/audit?environment=dev&from=2026-01-01T00%3A00%3A00.000Z",
      "POST /api/v1/deployments/D1BRV40/events?environment=dev",
      "GET /api/v1/stacks/app",
      "GET /api/v1/stacks/app/events?region=eu-west-1&after=1",
      "POST /api/v1/stacks/app/track?region=eu-west-1",
      "DELETE /api/v1/stacks/app/track",
      "POST /api/v1/tickets",
    ]);
    expect(new Set(server.asked.map(({ token }) => token))).toEqual(new Set(["secret"]));
  });

  test("gives the data of an answer", async () => {
    server.answer = () => succeeded({ ticket: "t", expiresAt: "2026-01-01T00:00:00.000Z" }, 201);
    expect(await client().tickets.issue()).toEqual({
      ok: true,
      value: { ticket: "t", expiresAt: "2026-01-01T00:00:00.000Z" },
    });
  });

  test("asks with an ETag and says that nothing has changed", async () => {
    const { deployments } = client();
    server.answer = ({ headers }) =>
      headers["if-none-match"] === '"e:3"'
        ? { status: 304 }
        : { ...succeeded({ ...PROGRESS, ...POSITION }), headers: { ETag: '"e:3"' } };
    const first = await deployments.status(ADDRESS);
    expect(first).toMatchObject({
      ok: true,
      value: { kind: "changed", etag: '"e:3"', deployment: POSITION },
    });
    expect(await deployments.status(ADDRESS, { etag: '"e:3"' })).toEqual({
      ok: true,
      value: { kind: "unchanged", etag: '"e:3"' },
    });
  });

  test("gives a failure as a value, with what the server said", async () => {
    server.answer = () => refused(429, "AWS_THROTTLED", { "Retry-After": "7" });
    expect(await client().stacks.summary({ stackName: "app" })).toEqual({
      ok: false,
      failure: {
        code: "AWS_THROTTLED",
        message: "It is AWS_THROTTLED",
        requestId: "r-1",
        status: 429,
        retryAfterMs: 7_000,
      },
    });
  });

  test("reads a Retry-After that is a date", async () => {
    const headers = { "Retry-After": new Date(Date.now() + 60_000).toUTCString() };
    server.answer = () => refused(503, "CONFIGURATION", headers);
    const answer = await client().deployments.list();
    const wait = answer.ok ? undefined : answer.failure.retryAfterMs;
    expect(wait).toBeGreaterThan(55_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  test.each([
    ["a page of a proxy", { status: 502, body: "<html>" }],
    ["a page in place of an answer", { status: 200, body: "<html>" }],
    ["an answer without what it promises", { status: 200, body: { success: true, data: {} } }],
    ["nothing", { status: 204 }],
  ])("knows %s from an answer", async (_, answer) => {
    server.answer = () => answer;
    expect(await client().deployments.list()).toMatchObject({
      ok: false,
      failure: { code: "BAD_ANSWER", status: answer.status },
    });
  });

  test("gives up what is not answered in time, and says so", async () => {
    server.answer = () => undefined;
    expect(await client(50).deployments.list()).toEqual({
      ok: false,
      failure: { code: "UNREACHABLE", message: "GET /api/v1/deployments: no answer within 50 ms" },
    });
  });

  test("tells that nobody is there, and never the token", async () => {
    const there = client();
    await server.stop();
    const answer = await there.deployments.list();
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: "UNREACHABLE", message: expect.stringContaining("ECONNREFUSED") },
    });
    expect(JSON.stringify(answer)).not.toContain("secret");
    server = await new FakeRest(() => undefined).start();
  });

  test("gives the report on events that were all refused, too", async () => {
    const report = {
      results: [{ type: "x", outcome: "refused", error: { code: "INVALID_REQUEST", message: "no" } }],
      accepted: 0,
      refused: 1,
    };
    const failure = refused(400, "INVALID_REQUEST");
    server.answer = () => ({ ...failure, body: { ...failure.body, data: report } });
    expect(await client().deployments.ingest(ADDRESS, [])).toEqual({ ok: true, value: report });
  });
});

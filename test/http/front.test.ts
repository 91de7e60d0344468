import { afterEach, describe, expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf, ORIGIN } from "./ask.ts";
import { FakeStacks } from "./fake-stacks.ts";

const FOREIGN = "https://attacker.example";

const lines: string[] = [];
const keepLines = () => {
  lines.length = 0;
  // What did not fail has a line now and then.
  vi.spyOn(Math, "random").mockReturnValue(0);
  for (const method of ["log", "error", "warn", "info", "debug"] as const)
    vi.spyOn(console, method).mockImplementation((...words) => void lines.push(words.join(" ")));
};

afterEach(() => vi.restoreAllMocks());

describe("the front", () => {
  test("health needs no token, and HEAD is answered as GET without a body", async () => {
    const answer = await ask("/healthz");
    expect([answer.status, await jsonOf(answer)]).toEqual([
      200,
      {
        success: true,
        data: {
          status: "ok",
          troubles: [],
          sampling: ["us-east-1", "eu-north-1"].map((region) =>
            expect.objectContaining({ account: "default", region, throttled: 0 }),
          ),
        },
      },
    ]);
    const head = await ask("/healthz", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("a wrong setting is named on every request, and no value is told", async () => {
    const bindings = { AWS_REGION: "nowhere-at-all", AUTH_JWT_SECRET: "short-secret" };
    keepLines();
    for (const path of ["/healthz", "/api/v1/stacks/app", "/openapi.json", "/"]) {
      const answer = await ask(path, { bindings });
      const text = await answer.text();
      expect([path, answer.status]).toEqual([path, 503]);
      expect(JSON.parse(text)).toEqual(failure("CONFIGURATION"));
      expect(text).toMatch(/AWS_REGION.*AUTH_JWT_SECRET/);
      expect(text + lines.join()).not.toMatch(/nowhere-at-all|short-secret/);
    }
    const bare = await ask("/canvas/deploy/track/app", { bindings });
    expect([bare.status, await jsonOf(bare)]).toEqual([503, { error: failure("CONFIGURATION").error }]);
  });

  test("an unknown address is 404 in the envelope, bare under /canvas", async () => {
    const answer = await askAs("viewer", "/api/v1/nothing");
    expect([answer.status, await jsonOf(answer)]).toEqual([404, failure("NOT_FOUND")]);
    const bare = await ask("/canvas/nothing");
    expect([bare.status, await jsonOf(bare)]).toEqual([404, { error: failure("NOT_FOUND").error }]);
  });

  test("a known address with another method is 405 and tells which are allowed", async () => {
    const answer = await askAs("viewer", "/api/v1/stacks/app/track", { method: "PUT" });
    expect([answer.status, await jsonOf(answer)]).toEqual([405, failure("METHOD_NOT_ALLOWED")]);
    expect(answer.headers.get("Allow")?.split(", ").sort()).toEqual(["DELETE", "POST"]);
    expect((await ask("/healthz", { method: "POST" })).status).toBe(405);
  });

  test("a body over one MiB is 413", async () => {
    const body = "x".repeat(1024 * 1024 + 1);
    const answer = await askAs("viewer", "/api/v1/tickets", { method: "POST", body });
    expect([answer.status, await jsonOf(answer)]).toEqual([413, failure("PAYLOAD_TOO_LARGE")]);
  });

  test("a request keeps its id if it is a plain one, and gets a new one otherwise", async () => {
    const idOf = async (id: string) =>
      (await ask("/healthz", { headers: { "X-Request-Id": id } })).headers.get("X-Request-Id");
    expect(await idOf("abc-123")).toBe("abc-123");
    expect(await idOf("a b")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf("x".repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("what is no route is the page, under a policy without inline scripts", async () => {
    const ASSETS = { fetch: async () => new Response("<p>page</p>") } as unknown as Env["ASSETS"];
    const answer = await ask("/some/page", { bindings: { ASSETS } });
    const policy = answer.headers.get("Content-Security-Policy");
    expect(await answer.text()).toBe("<p>page</p>");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  });

  test("a file of another build is not found, and never kept as the page", async () => {
    const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=31536000" };
    const ASSETS = {
      fetch: async () => new Response("<p>page</p>", { headers }),
    } as unknown as Env["ASSETS"];
    const answer = await ask("/assets/index-before.js", { bindings: { ASSETS } });
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    expect(await answer.text()).not.toContain("page");
  });

  test("something that should not happen is 500 without its reason, which the log gets", async () => {
    const ASSETS = {
      fetch: () => Promise.reject(new Error("inner workings")),
    } as unknown as Env["ASSETS"];
    keepLines();
    const answer = await ask("/", { bindings: { ASSETS } });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text)]).toEqual([500, failure("INTERNAL")]);
    expect(text).not.toContain("inner workings");
    expect(lines.join()).toContain("inner workings");
  });
});

describe("browser origins", () => {
  const bindings = { ALLOWED_ORIGINS: "https://dash.example" };

  test("a listed origin may read REST, another may not", async () => {
    const readable = async (Origin: string) =>
      (await askAs("viewer", "/api/v1/nothing", { bindings, headers: { Origin } })).headers.get(
        "Access-Control-Allow-Origin",
      );
    expect(await readable("https://dash.example")).toBe("https://dash.example");
    expect(await readable(ORIGIN)).toBe(ORIGIN);
    expect(await readable(FOREIGN)).toBeNull();
  });

  test("a preflight needs no token", async () => {
    const preflight = await ask("/api/v1/tickets", {
      method: "OPTIONS",
      bindings,
      headers: { Origin: "https://dash.example", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("https://dash.example");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
  });

  test("a foreign page changes nothing, whatever token it has", async () => {
    const stacks = new FakeStacks();
    const answer = await askAs("admin", "/api/v1/stacks/app/track", {
      method: "POST",
      headers: { Origin: FOREIGN },
      bindings: stacks.bindings,
    });
    expect([answer.status, await jsonOf(answer)]).toEqual([403, failure("ORIGIN_NOT_ALLOWED")]);
    expect(stacks.asked).toEqual([]);
  });
});

describe("work without tokens", () => {
  const bindings = { AUTH_MODE: "off", ...new FakeStacks().bindings };

  test.each(["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]:8787"])(
    "is let in at %s",
    async (base) => {
      expect((await ask(`${base}/api/v1/stacks/app`, { bindings })).status).toBe(200);
    },
  );

  test("is refused at any other host", async () => {
    const answer = await ask("/api/v1/stacks/app", { bindings });
    expect([answer.status, await jsonOf(answer)]).toEqual([403, failure("FORBIDDEN")]);
  });
});

describe("the request log", () => {
  test("names the route, the outcome and the asker", async () => {
    keepLines();
    await askAs("viewer", "/api/v1/stacks/app?region=eu-west-1", { bindings: new FakeStacks().bindings });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: "info",
        message: "request",
        method: "GET",
        route: "/api/v1/stacks/:stackName",
        status: 200,
        ms: expect.any(Number),
        requestId: expect.any(String),
        subject: "tester",
        sample: 0.01,
      },
    ]);
    lines.length = 0;
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    await askAs("viewer", "/api/v1/stacks/app", { bindings: new FakeStacks().bindings });
    expect(lines).toEqual([]);
  });

  test("names what failed", async () => {
    keepLines();
    await ask("/canvas/deploy/track/app");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ status: 401, failure: "UNAUTHENTICATED" }),
    ]);
  });

  test("no line holds a token, however it was carried and whatever became of it", async () => {
    const stacks = new FakeStacks();
    const tokens = [
      await tokenOf(),
      await tokenOf({ exp: 1 }),
      await tokenOf({}, "x".repeat(32)),
      "garbage-token",
    ];
    keepLines();
    const track = "/canvas/deploy/track/app";
    const answers: string[] = [];
    for (const token of tokens) {
      const offer = { "Sec-WebSocket-Protocol": `stackcast.v1, bearer.${token}` };
      const asked = [
        await ask("/api/v1/stacks/app", { token, bindings: stacks.bindings }),
        await ask(`${track}?token=${token}`, {
          headers: { Upgrade: "websocket" },
          bindings: stacks.bindings,
        }),
        await ask(`${track}?ticket=${token}`, { headers: { Upgrade: "websocket" } }),
        await ask(track, { headers: { Upgrade: "websocket", ...offer }, bindings: stacks.bindings }),
        await ask(`/api/${token}?token=${token}`),
        await ask(`/canvas/${token}?token=${token}`),
      ];
      for (const answer of asked)
        answers.push(JSON.stringify([...answer.headers]), answer.webSocket ? "" : await answer.text());
    }
    expect(lines.length).toBe(tokens.length * 6);
    for (const token of tokens) expect([...lines, ...answers].join("\n")).not.toContain(token);
  });
});

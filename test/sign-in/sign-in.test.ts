/** Sign-in of people with a real OpenID provider on loopback, and with a stand-in for Cloudflare Access. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { app } from "../../src/http/app.ts";
import { TEST_SECRET, tokenOf } from "../support/token.ts";
import { Browser, CLIENT, startProvider, type TestProvider } from "./provider.ts";

const ORIGIN = "https://stackcast.test";
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  kim: ["ops", "staff"],
  vi: ["staff"],
  eve: ["others"],
  max: [...Array.from({ length: 10_000 }, (_, index) => `group-${index}`), "staff"],
};

/** Groups that have been changed since. */
const changed = new Map<string, readonly string[]>();

let provider: TestProvider;
let access: Server;
let team: string;
let accessKey: CryptoKey;

beforeAll(async () => {
  provider = await startProvider(
    `${ORIGIN}/auth/callback`,
    (name) => changed.get(name) ?? GROUPS[name] ?? [],
  );
  const pair = await generateKeyPair("RS256", { extractable: true });
  accessKey = pair.privateKey;
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid: "a", alg: "RS256" }];
  access = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => access.listen(0, "127.0.0.1", resolve));
  team = `http://127.0.0.1:${(access.address() as AddressInfo).port}`;
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "warn").mockReturnValue();
});

afterAll(async () => {
  await provider.close();
  access.close();
  vi.restoreAllMocks();
});

const envOf = (more: Record<string, string> = {}): Env =>
  ({
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIDTEST",
    AWS_SECRET_ACCESS_KEY: "test-secret-key",
    AUTH_JWT_SECRET: TEST_SECRET,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    ROLE_CLAIM: "groups",
    ROLE_MAP: JSON.stringify({ ops: "admin", staff: { role: "viewer", channels: ["deployments/*/dev"] } }),
    ACCESS_TEAM_URL: team,
    ACCESS_AUDIENCE: "aud-of-the-application",
    ASSETS: { fetch: async () => new Response("the page") },
    ...more,
  }) as unknown as Env;

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as never;

const worker =
  (env: Env = envOf()) =>
  (request: Request) =>
    app.fetch(request, env, context);

const browserFor = (env?: Env) => new Browser(new Map([[ORIGIN, worker(env)]]));

const signedIn = async (name: string, env?: Env) => {
  const browser = browserFor(env);
  const end = await browser.go(`${ORIGIN}/auth/login?to=/destinations`, name);
  return { browser, ...end };
};

const meOf = async (browser: Browser) => {
  const answer = await browser.ask(`${ORIGIN}/auth/me`);
  return { status: answer.status, body: await answer.json() };
};

describe("by an OpenID provider", () => {
  test("somebody comes back to the page with a session that no script can read", async () => {
    const browser = browserFor();
    const seen: string[] = [];
    const plain = browser.ask.bind(browser);
    browser.ask = async (...asked) => {
      const answer = await plain(...asked);
      if (new URL(asked[0]).origin === ORIGIN) seen.push(...answer.headers.getSetCookie());
      return answer;
    };
    await browser.go(`${ORIGIN}/auth/login?to=/destinations`, "kim");
    const session = seen.find((line) => line.startsWith("__Host-stackcast=")) ?? "";
    expect(session).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(seen.find((line) => line.startsWith("__Host-stackcast-sign-in=ey"))).toMatch(/SameSite=Lax$/);
    expect([...browser.cookies(ORIGIN).keys()]).toEqual(["__Host-stackcast"]);
    expect(await meOf(browser)).toMatchObject({
      status: 200,
      body: { data: { subject: "kim@example.com", role: "admin" } },
    });
  });

  test("groups decide what somebody may do, however many there are", async () => {
    for (const name of ["vi", "max"]) {
      const { browser } = await signedIn(name);
      expect(await meOf(browser)).toMatchObject({
        body: { data: { subject: `${name}@example.com`, role: "viewer", channels: ["deployments/*/dev"] } },
      });
      const body = JSON.stringify({ deploymentId: "D1", environment: "dev", mode: "track", stacks: [] });
      const headers = { Origin: ORIGIN, "Content-Type": "application/json" };
      const answer = await browser.ask(`${ORIGIN}/api/v1/deployments`, { method: "POST", body, headers });
      expect(answer.status).toBe(403);
    }
    const { answer, browser } = await signedIn("eve");
    expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: "FORBIDDEN" } }]);
    expect([...browser.cookies(ORIGIN).keys()]).toEqual([]);
  });

  test("a cookie changes nothing for a page of another origin, and opens no socket there", async () => {
    const { browser } = await signedIn("kim");
    const cookie = [...browser.cookies(ORIGIN)].map(([name, value]) => `${name}=${value}`).join("; ");
    const ask = (path: string, headers: Record<string, string>, method = "POST") =>
      worker()(new Request(ORIGIN + path, { method, headers: { Cookie: cookie, ...headers } }));
    for (const headers of [{ Origin: "https://evil.example" }, {}]) {
      const refused = await ask("/api/v1/tickets", headers);
      expect([refused.status, await refused.json()]).toMatchObject([
        403,
        { error: { code: "ORIGIN_NOT_ALLOWED" } },
      ]);
      const upgrade = { Upgrade: "websocket", ...headers };
      expect((await ask("/ws", upgrade, "GET")).status).toBe(403);
      expect((await ask("/canvas/deploy/track/app", upgrade, "GET")).status).toBe(403);
    }
    expect((await ask("/auth/me", {}, "GET")).status).toBe(200);
  });

  test("sign-out ends it, and an expired or forged session says where to sign in", async () => {
    const { browser } = await signedIn("kim");
    const out = await browser.ask(`${ORIGIN}/auth/logout`, { method: "POST", headers: { Origin: ORIGIN } });
    expect(out.status).toBe(204);
    const nobody = {
      status: 401,
      body: { error: { details: [{ field: "signIn", message: "/auth/login" }] } },
    };
    expect(await meOf(browser)).toMatchObject(nobody);
    const again = await signedIn("kim");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 13 * 3_600_000 });
    expect(await meOf(again.browser)).toMatchObject(nobody);
    vi.useRealTimers();
    const other = browserFor(envOf({ AUTH_JWT_SECRET: "another-secret-that-is-long-enough-too" }));
    const headers = { Cookie: [...again.browser.cookies(ORIGIN)].map(([k, v]) => `${k}=${v}`).join("; ") };
    expect((await other.ask(`${ORIGIN}/auth/me`, { headers })).status).toBe(401);
  });

  test.each([
    ["//evil.example", 400],
    ["https://evil.example/", 400],
    ["/\\evil.example", 400],
    ["/stacks/eu-west-1/web?tab=log", 302],
  ])("%s as the way back is answered with %i", async (to, status) => {
    const answer = await browserFor().ask(`${ORIGIN}/auth/login?to=${encodeURIComponent(to)}`);
    expect(answer.status).toBe(status);
  });

  test("a callback that nobody has begun, or another browser has, is refused", async () => {
    const answer = await browserFor().ask(`${ORIGIN}/auth/callback?code=x&state=y`);
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: "UNAUTHENTICATED" } }]);
    const begun = browserFor();
    await begun.ask(`${ORIGIN}/auth/login`);
    expect((await begun.ask(`${ORIGIN}/auth/callback?code=x&state=y`)).status).toBe(401);
  });

  test("a session is renewed without a word while the provider knows whose it is, with the groups of now", async () => {
    const { browser } = await signedIn("kim");
    const silently = `${ORIGIN}/auth/login?silent=1&to=/stacks`;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    const before = browser.cookies(ORIGIN).get("__Host-stackcast");
    const back = await browser.go(silently, "nobody");
    expect([back.url.pathname, back.answer.status]).toEqual(["/stacks", 200]);
    expect(browser.cookies(ORIGIN).get("__Host-stackcast")).not.toBe(before);
    changed.set("kim", ["others"]);
    expect((await browser.go(silently, "nobody")).url.pathname).toBe("/stacks");
    expect((await meOf(browser)).status).toBe(401);
    changed.clear();
    vi.useRealTimers();
  });

  test("who cannot be signed in without being asked comes back as before", async () => {
    const stranger = browserFor();
    const back = await stranger.go(`${ORIGIN}/auth/login?silent=1&to=/stacks`, "nobody");
    expect([back.url.pathname, back.answer.status]).toEqual(["/stacks", 200]);
    expect([...stranger.cookies(ORIGIN).keys()]).toEqual([]);
    const away = browserFor(envOf({ OIDC_ISSUER: "http://127.0.0.1:9" }));
    const answer = await away.ask(`${ORIGIN}/auth/login?silent=1&to=/stacks`);
    expect([answer.status, answer.headers.get("Location")]).toEqual([302, "/stacks"]);
  });

  test("a provider that is away is said to be", async () => {
    const answer = await browserFor(envOf({ OIDC_ISSUER: "http://127.0.0.1:9" })).ask(`${ORIGIN}/auth/login`);
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { error: { code: "KEYS_UNREACHABLE" } },
    ]);
  });

  test("a terminal gets the session by a code that only it can redeem, once signed in", async () => {
    const browser = browserFor();
    const verifier = "a-verifier-of-the-terminal-that-is-long-enough";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const challenge = Buffer.from(digest).toString("base64url");
    const state = "state-of-the-terminal";
    const address = `${ORIGIN}/auth/terminal?port=40001&state=${state}&challenge=${challenge}`;
    const handed: URL[] = [];
    const refreshed: string[] = [];
    const plain = browser.ask.bind(browser);
    browser.ask = async (...asked) => {
      const url = new URL(asked[0]);
      if (url.port !== "40001") {
        const answer = await plain(...asked);
        const next = answer.headers.get("Refresh")?.replace("0;url=", ORIGIN);
        if (next !== undefined) refreshed.push(new URL(next).pathname);
        return answer;
      }
      handed.push(url);
      return new Response("done");
    };
    await browser.go(address, "kim");
    expect(handed[0]?.searchParams.get("state")).toBe(state);
    // Not by a redirect of the provider's: no browser would send the session along with that.
    expect(refreshed).toEqual([new URL(address).pathname]);
    const redeem = (proof: string) =>
      worker()(
        new Request(`${ORIGIN}/auth/token`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ code: handed[0]?.searchParams.get("code"), verifier: proof }),
        }),
      );
    expect((await redeem("somebody-elses")).status).toBe(401);
    const { data } = (await (await redeem(verifier)).json()) as { data: { token: string } };
    const headers = { Authorization: `Bearer ${data.token}` };
    const me = await worker()(new Request(`${ORIGIN}/auth/me`, { headers }));
    expect(await me.json()).toMatchObject({ data: { subject: "kim@example.com", role: "admin" } });
  });
});

describe("by Cloudflare Access", () => {
  const assertion = (claims: Record<string, unknown> = {}) =>
    new SignJWT({ email: "vi@example.com", custom: { groups: ["staff"] }, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "a" })
      .setIssuer((claims["iss"] as string | undefined) ?? team)
      .setAudience((claims["aud"] as string | undefined) ?? "aud-of-the-application")
      .setSubject("0b7e9d1c")
      .setExpirationTime("1h")
      .sign(accessKey);

  const ask = async (path: string, token: string, init: RequestInit = {}) => {
    const headers = { ...init.headers, "Cf-Access-Jwt-Assertion": token };
    return worker()(new Request(ORIGIN + path, { ...init, headers }));
  };

  test("an assertion is a session, on REST and for sockets", async () => {
    const answer = await ask("/auth/me", await assertion());
    expect(await answer.json()).toMatchObject({
      data: { subject: "vi@example.com", role: "viewer", channels: ["deployments/*/dev"] },
    });
    const socket = await ask("/canvas/deploy/track/app", await assertion(), {
      headers: { Upgrade: "websocket", Origin: ORIGIN },
    });
    // It is known who asks: a viewer of deployments alone.
    expect([socket.status, await socket.json()]).toMatchObject([403, { error: { code: "FORBIDDEN" } }]);
  });

  test("one of another team or application, or from another origin, is none", async () => {
    expect((await ask("/auth/me", await assertion({ aud: "another" }))).status).toBe(401);
    expect((await ask("/auth/me", await assertion({ iss: "https://other.example" }))).status).toBe(401);
    expect((await ask("/auth/me", await tokenOf())).status).toBe(401);
    const foreign = { method: "POST", headers: { Origin: "https://evil.example" } };
    expect((await ask("/api/v1/tickets", await assertion(), foreign)).status).toBe(403);
  });
});

describe("two secrets", () => {
  test("sign at the same time while one is changed for the other", async () => {
    const older = "the-secret-before-that-is-long-enough-too";
    const status = async (token: string, env: Env) =>
      (await worker(env)(new Request(`${ORIGIN}/auth/me`, { headers: { Authorization: `Bearer ${token}` } })))
        .status;
    const old = await tokenOf({}, older);
    const fresh = await tokenOf();
    const both = envOf({ AUTH_JWT_SECRET_PREVIOUS: older });
    expect(await Promise.all([status(old, both), status(fresh, both), status(old, envOf())])).toEqual([
      200, 200, 401,
    ]);
  });
});

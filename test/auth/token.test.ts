import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyToken } from "../../src/auth/token.ts";
import type { AuthSettings } from "../../src/auth/auth-settings.ts";
import { TEST_SECRET, tokenOf } from "../support/token.ts";

const NOW = Date.UTC(2026, 0, 1);
const exp = NOW / 1000 + 60;

type JwtSettings = Extract<AuthSettings, { mode: "jwt" }>;

const bySecret: JwtSettings = {
  mode: "jwt",
  keys: { secret: TEST_SECRET },
  issuer: undefined,
  audience: undefined,
};

const refusal = (code: string) => ({
  ok: false,
  failure: { code, message: expect.any(String) },
});

const codeOf = async (token: string, auth: AuthSettings = bySecret) => {
  const session = await verifyToken(token, auth, NOW);
  if (!session.ok && token.length > 0) expect(session.failure.message).not.toContain(token);
  return session.ok ? "ok" : session.failure.code;
};

describe("tokens signed with the secret", () => {
  test("a token becomes a session", async () => {
    const token = await tokenOf({ sub: "kim", role: "deployer", channels: ["stacks/*/*"], exp });
    expect(await verifyToken(token, bySecret, NOW)).toEqual({
      ok: true,
      value: { subject: "kim", role: "deployer", channels: ["stacks/*/*"], expiresAt: exp },
    });
  });

  test("without a role it is a viewer's, without channels it is for all", async () => {
    expect(await verifyToken(await tokenOf({ exp }), bySecret, NOW)).toEqual({
      ok: true,
      value: { subject: "tester", role: "viewer", expiresAt: exp },
    });
  });

  test("an expiry that no date can hold becomes the last that one can", async () => {
    const session = await verifyToken(await tokenOf({ exp: 1e300 }), bySecret, NOW);
    expect(session.ok && new Date(session.value.expiresAt * 1000).toISOString()).toBe(
      "9999-12-31T23:59:59.000Z",
    );
  });

  test("clocks may differ by five seconds", async () => {
    expect(await codeOf(await tokenOf({ exp: NOW / 1000 - 4 }))).toBe("ok");
    expect(await codeOf(await tokenOf({ exp: NOW / 1000 - 6 }))).toBe("TOKEN_EXPIRED");
    expect(await codeOf(await tokenOf({ exp, nbf: NOW / 1000 + 60 }))).toBe("UNAUTHENTICATED");
  });

  test.each([
    ["no exp", { exp: undefined }],
    ["no sub", { exp, sub: undefined }],
    ["an empty sub", { exp, sub: "" }],
    ["an unknown role", { exp, role: "root" }],
    ["a role that is no word", { exp, role: ["admin"] }],
    ["channels that are no list", { exp, channels: "stacks/*/*" }],
    ["channels set to null", { exp, channels: null }],
    ["channels that are no words", { exp, channels: [1] }],
  ])("%s is refused", async (_title, claims) => {
    expect(await codeOf(await tokenOf(claims))).toBe("UNAUTHENTICATED");
  });

  test("a foreign secret, no algorithm, and what is no token are refused", async () => {
    const [head, body] = (await tokenOf({ exp })).split(".");
    const forged = [
      await tokenOf({ exp }, "another-secret-that-is-long-enough-as-well"),
      new UnsecuredJWT({ sub: "x", exp, role: "admin" }).encode(),
      `${head}.${body}.`,
      `${head}.${body}`,
      "",
      "not-a-token",
      "..",
    ];
    for (const token of forged) expect(await codeOf(token)).toBe("UNAUTHENTICATED");
  });

  test("another algorithm is refused, though its signature is good", async () => {
    const secret = TEST_SECRET.repeat(2);
    const auth = { ...bySecret, keys: { secret } };
    const signed = (alg: string) =>
      new SignJWT({ sub: "x", exp }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
    expect(await codeOf(await signed("HS256"), auth)).toBe("ok");
    expect(await codeOf(await signed("HS512"), auth)).toBe("UNAUTHENTICATED");
  });

  test("an oversized token is refused, though its signature is good", async () => {
    expect(await codeOf(await tokenOf({ exp, more: "x".repeat(8000) }))).toBe("UNAUTHENTICATED");
  });

  test("issuer and audience are demanded where they are set", async () => {
    const auth = { ...bySecret, issuer: "https://issuer.example", audience: "stackcast" };
    const good = { exp, iss: auth.issuer, aud: ["other", auth.audience] };
    expect(await codeOf(await tokenOf(good), auth)).toBe("ok");
    expect(await codeOf(await tokenOf({ ...good, iss: "https://other.example" }), auth)).toBe(
      "UNAUTHENTICATED",
    );
    expect(await codeOf(await tokenOf({ ...good, iss: undefined }), auth)).toBe("UNAUTHENTICATED");
    expect(await codeOf(await tokenOf({ ...good, aud: "other" }), auth)).toBe("UNAUTHENTICATED");
    expect(await codeOf(await tokenOf({ ...good, aud: undefined }), auth)).toBe("UNAUTHENTICATED");
  });

  test("with AUTH_MODE=off everyone is the local administrator", async () => {
    expect(await verifyToken("", { mode: "off" }, NOW)).toMatchObject({
      ok: true,
      value: { subject: "local", role: "admin" },
    });
  });
});

describe("tokens signed with a key of the key set", () => {
  const algorithms = ["RS256", "ES256", "EdDSA"] as const;
  const keys: JWK[] = [];
  const signers = new Map<string, CryptoKey>();
  let publicPem = "";
  let server: Server;
  let auth: JwtSettings;

  beforeAll(async () => {
    for (const alg of algorithms) {
      const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
      keys.push({ ...(await exportJWK(publicKey)), alg, kid: alg });
      signers.set(alg, privateKey);
      if (alg === "RS256") publicPem = await exportSPKI(publicKey);
    }
    server = createServer((request, response) => {
      response.setHeader("Content-Type", "application/json");
      if (request.url !== "/jwks") response.statusCode = 500;
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    auth = { ...bySecret, keys: { jwksUrl: `http://127.0.0.1:${port}/jwks` } };
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  const signed = (alg: string, kid = alg) =>
    new SignJWT({ sub: "kim", exp })
      .setProtectedHeader({ alg, kid })
      .sign(signers.get(alg) ?? new Uint8Array());

  test.each(algorithms)("%s is accepted", async (alg) => {
    expect(await codeOf(await signed(alg), auth)).toBe("ok");
  });

  test("a public key does not pass for an HMAC secret", async () => {
    const confused = await new SignJWT({ sub: "kim", exp, role: "admin" })
      .setProtectedHeader({ alg: "HS256", kid: "RS256" })
      .sign(new TextEncoder().encode(publicPem));
    expect(await codeOf(confused, auth)).toBe("UNAUTHENTICATED");
    expect(await codeOf(new UnsecuredJWT({ sub: "kim", exp }).encode(), auth)).toBe("UNAUTHENTICATED");
    expect(await codeOf(await signed("RS256"), bySecret)).toBe("UNAUTHENTICATED");
  });

  test("a key that is not in the set is refused", async () => {
    expect(await codeOf(await signed("RS256", "unknown"), auth)).toBe("UNAUTHENTICATED");
  });

  test("a key set that cannot be had says nothing about the token", async () => {
    const gone = { ...auth, keys: { jwksUrl: `${"jwksUrl" in auth.keys ? auth.keys.jwksUrl : ""}-gone` } };
    expect(await verifyToken(await signed("RS256"), gone, NOW)).toEqual(refusal("KEYS_UNREACHABLE"));
    const nowhere = { ...auth, keys: { jwksUrl: "http://127.0.0.1:1/jwks" } };
    expect(await verifyToken(await signed("RS256"), nowhere, NOW)).toEqual(refusal("KEYS_UNREACHABLE"));
  });
});

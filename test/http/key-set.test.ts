import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { ask } from "./ask.ts";
import { FakeStacks } from "./fake-stacks.ts";

afterEach(() => vi.restoreAllMocks());

test("keys are fetched from AUTH_JWKS_URL, and serve requests that come together and later", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "one" }];
  const fetched: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (address) => {
    fetched.push(new Request(address).url);
    return Response.json({ keys });
  });
  const token = await new SignJWT({ sub: "kim" })
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setExpirationTime("1h")
    .sign(privateKey);
  const bindings = {
    AUTH_JWT_SECRET: "",
    AUTH_JWKS_URL: "https://keys.example/jwks",
    ...new FakeStacks().bindings,
  };
  const status = async () => (await ask("/api/v1/stacks/app", { token, bindings })).status;
  expect(await Promise.all([status(), status()])).toEqual([200, 200]);
  const soFar = fetched.length;
  expect(await status()).toBe(200);
  expect(fetched.length).toBe(soFar);
  expect(new Set(fetched)).toEqual(new Set(["https://keys.example/jwks"]));
});

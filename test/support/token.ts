/** Signs tokens for tests. Nothing here verifies. */
import { SignJWT } from "jose";

/** The secret that vitest.config.ts gives to the Worker. */
export const TEST_SECRET = "a-secret-of-the-tests-that-is-long-enough";

/** An HS256 token that is good for an hour, unless the claims say otherwise; a claim set to undefined is left out. */
export const tokenOf = (
  claims: Readonly<Record<string, unknown>> = {},
  secret = TEST_SECRET,
): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: "tester", iat: now, exp: now + 3600, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
};

/**
 * Turns a token into a session, at the edge and inside the objects alike. What is wrong with a token is told by a
 * constant: nothing of the token reaches a message.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from "jose";
import * as z from "zod";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { roles, type Session } from "../protocol/connection/session.ts";
import type { AuthSettings } from "../settings.ts";
import { LATEST_EXPIRY, localSession } from "./loopback.ts";

/** Longer ones are refused unread: a session goes into a header and beside each socket, where room is short. */
const MAX_TOKEN_LENGTH = 8192;

const CLOCK_TOLERANCE_SECONDS = 5;

const invalid: Failure = { code: "UNAUTHENTICATED", message: "The token is not valid" };
const expired: Failure = { code: "TOKEN_EXPIRED", message: "The token has expired" };
const badClaims: Failure = {
  code: "UNAUTHENTICATED",
  message: `The token's claims are not valid: sub, exp, role (${roles.join(", ")}), channels (a list of patterns)`,
};
const noKeys: Failure = {
  code: "KEYS_UNREACHABLE",
  message: "The keys at AUTH_JWKS_URL could not be fetched",
};

const claimsSchema = z.object({
  sub: z.string().min(1).max(256),
  exp: z.number(),
  role: z.enum(roles).default("viewer"),
  channels: z.array(z.string().max(256)).optional(),
});

/** One for each address: it holds the fetched keys, and fetches anew when they are old or a key is unknown. */
const keySets = new Map<string, JWTVerifyGetKey>();

const keySetOf = (url: string): JWTVerifyGetKey => {
  const known = keySets.get(url);
  if (known) return known;
  const keySet = createRemoteJWKSet(new URL(url));
  keySets.set(url, keySet);
  return keySet;
};

/** Whether verification failed for want of the key server, and so says nothing about the token. */
const isKeyServerFailure = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === errors.JOSEError.code;

const failureOf = (error: unknown, remoteKeys: boolean): Failure => {
  if (error instanceof errors.JWTExpired) return expired;
  return remoteKeys && isKeyServerFailure(error) ? noKeys : invalid;
};

const payloadOf = async (token: string, auth: Extract<AuthSettings, { mode: "jwt" }>, now: number) => {
  const options: JWTVerifyOptions = {
    ...(auth.issuer !== undefined && { issuer: auth.issuer }),
    ...(auth.audience !== undefined && { audience: auth.audience }),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp", "sub"],
    currentDate: new Date(now),
  };
  // The algorithms are ours to say, never the token's: a public key must not pass for an HMAC secret.
  if ("secret" in auth.keys) {
    const secret = new TextEncoder().encode(auth.keys.secret);
    return (await jwtVerify(token, secret, { ...options, algorithms: ["HS256"] })).payload;
  }
  const algorithms = ["RS256", "ES256", "EdDSA"];
  return (await jwtVerify(token, keySetOf(auth.keys.jwksUrl), { ...options, algorithms })).payload;
};

/**
 * The session that a token stands for at `now`, in milliseconds since 1970. With AUTH_MODE=off the token is not looked
 * at: who came in at all came from this machine.
 */
export const verifyToken = async (
  token: string,
  auth: AuthSettings,
  now: number,
): Promise<Result<Session, Failure>> => {
  if (auth.mode === "off") return success(localSession);
  if (token.length > MAX_TOKEN_LENGTH) return failed(invalid);
  try {
    const claims = claimsSchema.safeParse(await payloadOf(token, auth, now));
    if (!claims.success) return failed(badClaims);
    const { sub: subject, exp, role, channels } = claims.data;
    const expiresAt = Math.min(exp, LATEST_EXPIRY);
    return success({ subject, role, expiresAt, ...(channels && { channels }) });
  } catch (error) {
    return failed(failureOf(error, "jwksUrl" in auth.keys));
  }
};

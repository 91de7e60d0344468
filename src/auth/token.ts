/**
 * Turns a token into a session, at the edge and inside the objects alike. What is wrong with a token is said by a
 * constant: nothing of the token reaches a message.
 */
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from "jose";
import * as z from "zod";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { roles } from "../protocol/connection/roles.ts";
import type { Session } from "../protocol/connection/session.ts";
import { USUAL_ROLES, type AuthSettings, type KeySource, type RoleSettings } from "./auth-settings.ts";
import { grantOf } from "./grants.ts";
import { sessionHasEnded, isSessionToken, sessionIn } from "./own-tokens.ts";
import { secretId } from "./secret-id.ts";
import { LATEST_EXPIRY, localSession } from "./loopback.ts";

/** Longer ones are refused unread: a session goes into a header and beside each socket, where room is short. */
const MAX_TOKEN_LENGTH = 8192;

const CLOCK_TOLERANCE_SECONDS = 5;

type JwtSettings = Extract<AuthSettings, { mode: "jwt" }>;

const invalid: Failure = { code: "UNAUTHENTICATED", message: "The token is not valid" };
const expired: Failure = { code: "TOKEN_EXPIRED", message: "The token has expired" };
const ended: Failure = { code: "TOKEN_EXPIRED", message: "The session has ended: sign in again" };
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

/** One for each address: it holds the fetched keys, and fetches again when they are old or a key is unknown. */
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

type Expected = Readonly<{ issuer: string | undefined; audience: string | undefined }>;

const optionsOf = ({ issuer, audience }: Expected, now: number): JWTVerifyOptions => ({
  ...(issuer !== undefined && { issuer }),
  ...(audience !== undefined && { audience }),
  clockTolerance: CLOCK_TOLERANCE_SECONDS,
  requiredClaims: ["exp", "sub"],
  currentDate: new Date(now),
});

/** By a public key that is fetched. The algorithms are ours to say: a public key must not pass for an HMAC secret. */
const payloadByKeySet = async (
  token: string,
  { jwksUrl, ...expected }: Expected & Readonly<{ jwksUrl: string }>,
  now: number,
) => {
  const algorithms = ["RS256", "ES256", "EdDSA"];
  return (await jwtVerify(token, keySetOf(jwksUrl), { ...optionsOf(expected, now), algorithms })).payload;
};

/** By one of the secrets: the one whose id the token names, else each in turn. */
const payloadBySecret = async (
  token: string,
  secrets: readonly string[],
  expected: Expected,
  now: number,
): Promise<JWTPayload> => {
  const options = { ...optionsOf(expected, now), algorithms: ["HS256"] };
  const named = decodeProtectedHeader(token).kid;
  const ids = named === undefined ? [] : await Promise.all(secrets.map(secretId));
  const meant = secrets.filter((_, index) => ids[index] === named);
  let failure: unknown;
  for (const secret of meant.length > 0 ? meant : secrets) {
    try {
      return (await jwtVerify(token, new TextEncoder().encode(secret), options)).payload;
    } catch (error) {
      // Whoever has signed it says that it has ended: no other secret is asked.
      if (error instanceof errors.JWTExpired) throw error;
      failure ??= error;
    }
  }
  throw failure;
};

const payloadOf = (token: string, { keys, issuer, audience }: JwtSettings, now: number) =>
  "secret" in keys
    ? payloadBySecret(
        token,
        [keys.secret, ...(keys.previous === undefined ? [] : [keys.previous])],
        { issuer, audience },
        now,
      )
    : payloadByKeySet(token, { jwksUrl: keys.jwksUrl, issuer, audience }, now);

/** Who is meant by the claims of an identity provider, by an address where that is verified. */
const personSchema = z.looseObject({
  sub: z.string().min(1).max(256),
  email: z.string().min(3).max(256).optional().catch(undefined),
  email_verified: z.unknown().optional(),
});

/** The session of somebody whom an identity provider knows. `expiresAt`: Unix seconds. */
export const personSession = (
  payload: Readonly<Record<string, unknown>>,
  roleSettings: RoleSettings | undefined,
  expiresAt: number,
): Result<Session, Failure> => {
  const person = personSchema.safeParse(payload);
  if (!person.success) return failed(badClaims);
  const { sub, email, email_verified: isVerified } = person.data;
  const grant = grantOf(payload, roleSettings ?? USUAL_ROLES);
  if (!grant.ok) return grant;
  const { role, channels } = grant.value;
  return success({
    subject: email !== undefined && isVerified !== false ? email : sub,
    role,
    expiresAt: Math.min(expiresAt, LATEST_EXPIRY),
    ...(channels && { channels: [...channels] }),
  });
};

/** The session of an assertion that Cloudflare Access has put beside a request. */
export const verifyAccess = async (
  assertion: string,
  source: KeySource,
  roleSettings: RoleSettings | undefined,
  now: number,
): Promise<Result<Session, Failure>> => {
  if (assertion.length > MAX_TOKEN_LENGTH * 4) return failed(invalid);
  try {
    const payload = await payloadByKeySet(assertion, source, now);
    return personSession(customized(payload), roleSettings, payload.exp ?? 0);
  } catch (error) {
    return failed(failureOf(error, true));
  }
};

/** Access puts claims of the identity provider under `custom`. */
const customized = (payload: JWTPayload): Readonly<Record<string, unknown>> => {
  const custom = z.record(z.string(), z.unknown()).safeParse(payload["custom"]);
  return custom.success ? { ...custom.data, ...payload } : payload;
};

/** Gives the secret that this install signs its own sessions with where no setting holds one. */
type OwnSecret = () => Promise<string>;

/** By the secret of now, or the one before it. */
const ownSession = async (
  token: string,
  { keys }: JwtSettings,
  now: number,
  ownSecret: OwnSecret | undefined,
): Promise<Result<Session, Failure>> => {
  const secrets: string[] =
    "secret" in keys ? [keys.secret, ...(keys.previous === undefined ? [] : [keys.previous])] : [];
  if (secrets.length === 0 && ownSecret) secrets.push(await ownSecret());
  for (const secret of secrets) {
    const session = await sessionIn(secret, token, now);
    if (session) return success(session);
  }
  return failed(sessionHasEnded(token, now) ? ended : invalid);
};

/**
 * The session that a token stands for at `now`, in milliseconds since 1970; rejects if `ownSecret` does. With AUTH_MODE=off
 * the token is not looked at: who came in at all came from this machine.
 */
export const verifyToken = async (
  token: string,
  auth: AuthSettings,
  now: number,
  ownSecret?: OwnSecret,
): Promise<Result<Session, Failure>> => {
  if (auth.mode === "off") return success(localSession);
  if (token.length > MAX_TOKEN_LENGTH) return failed(invalid);
  if (isSessionToken(token)) return ownSession(token, auth, now, ownSecret);
  try {
    const payload = await payloadOf(token, auth, now);
    if ("jwksUrl" in auth.keys && auth.roles) return personSession(payload, auth.roles, payload.exp ?? 0);
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return failed(badClaims);
    const { sub: subject, exp, role, channels } = claims.data;
    const expiresAt = Math.min(exp, LATEST_EXPIRY);
    return success({ subject, role, expiresAt, ...(channels && { channels }) });
  } catch (error) {
    return failed(failureOf(error, "jwksUrl" in auth.keys));
  }
};

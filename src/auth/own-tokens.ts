/**
 * Tokens that Stackcast signs for itself: the session of a signed-in page or terminal, a socket's ticket, and what a sign-in
 * that is under way has to remember. Each purpose has a key of its own, derived from the install's secret: none passes for another.
 */
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT, type JWTPayload } from "jose";
import * as z from "zod";
import { sessionSchema, type Session } from "../protocol/connection/session.ts";

type Purpose = "session" | "sign-in" | "code" | "ticket";

/** In a token's header, so that it is known before it is verified. */
const SESSION_TYPE = "stackcast-session+jwt";

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

const keyFor = async (secret: string, purpose: Purpose): Promise<Uint8Array> => {
  const encoder = new TextEncoder();
  const root = await crypto.subtle.importKey("raw", encoder.encode(secret), HMAC, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(HMAC, root, encoder.encode(`stackcast ${purpose}`)));
};

/** `expiresAt`: Unix seconds. */
export const signedFor = async (
  secret: string,
  purpose: Purpose,
  payload: JWTPayload,
  expiresAt: number,
): Promise<string> =>
  new SignJWT(payload)
    .setProtectedHeader({
      alg: "HS256",
      typ: purpose === "session" ? SESSION_TYPE : `stackcast-${purpose}+jwt`,
    })
    .setExpirationTime(expiresAt)
    .sign(await keyFor(secret, purpose));

/** Undefined: it is none of ours, or has ended. */
export const verifiedFor = async <Value>(
  secret: string,
  purpose: Purpose,
  token: string,
  now: number,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> => {
  try {
    const key = await keyFor(secret, purpose);
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], currentDate: new Date(now) });
    return schema.safeParse(payload).data;
  } catch {
    return undefined;
  }
};

/** Whether a token says that it is such a session; not yet verified. */
export const isSessionToken = (token: string): boolean => {
  try {
    return decodeProtectedHeader(token).typ === SESSION_TYPE;
  } catch {
    return false;
  }
};

/** Whether a token says that its time is over; not verified. */
export const sessionHasEnded = (token: string, now: number): boolean => {
  try {
    return (decodeJwt(token).exp ?? Infinity) * 1000 <= now;
  } catch {
    return false;
  }
};

/** A session as a token; good as a bearer token and in the cookie of the page. */
export const sessionToken = (secret: string, session: Session): Promise<string> =>
  signedFor(secret, "session", { ...session }, session.expiresAt);

export const sessionIn = async (secret: string, token: string, now: number): Promise<Session | undefined> => {
  const payload = await verifiedFor(secret, "session", token, now, sessionSchema);
  return payload && sessionSchema.parse(payload);
};

/** Who is asking: turns what a request carries into a session, or into the reason why there is none. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { bearerOf, type Credential } from "../../auth/credential.ts";
import { localSession } from "../../auth/loopback.ts";
import { hasRole } from "../../auth/rights.ts";
import { isSessionToken } from "../../auth/own-tokens.ts";
import { openedTicket } from "../../auth/signed-ticket.ts";
import { verifyAccess, verifyToken } from "../../auth/token.ts";
import type { AuthSettings } from "../../auth/auth-settings.ts";
import type { Failure } from "../../protocol/failure.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Role } from "../../protocol/connection/roles.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { AppEnv } from "./app-env.ts";
import { opensEventStream } from "../deployments/event-stream.ts";
import { cookieOf } from "../auth/cookies.ts";
import { isOriginAllowed, originNotAllowed } from "./browser-origins.ts";
import { failureResponse } from "./failure-response.ts";
import { installSecret } from "../../install-secret.ts";

const absent: Failure = { code: "UNAUTHENTICATED", message: "A token is required" };

const ended: Failure = { code: "TOKEN_EXPIRED", message: "The session has ended: sign in again" };

const notLocal: Failure = {
  code: "FORBIDDEN",
  message: "AUTH_MODE=off serves only requests to a loopback host: set AUTH_JWT_SECRET or AUTH_JWKS_URL",
};

/** What a ticket is reported that opens nothing. */
export const ticketRefused: Failure = {
  code: "UNAUTHENTICATED",
  message: "The ticket is unknown, used or expired",
};

/** What a session is answered that may not see the stack it asks for. */
export const notCovered: Failure = { code: "FORBIDDEN", message: "The token does not cover this stack" };

/** What a session is answered that may not see the deployment it asks for, whether there is one or not. */
export const deploymentNotCovered: Failure = {
  code: "FORBIDDEN",
  message: "The token does not cover this deployment",
};

/** The session of a credential. A ticket is in the context then: the gateway that it names sees that it is used once. */
export const sessionOf = async (
  c: Context<AppEnv>,
  credential: Credential | undefined,
): Promise<Result<Session, Failure>> => {
  const { auth } = c.get("settings");
  if (auth.mode === "off") return isLoopback(new URL(c.req.url)) ? success(localSession) : failed(notLocal);
  if (credential === undefined) return ambientSession(c, auth);
  if (credential.kind === "ticket") return ticketSession(c, auth, credential.ticket);
  return tokenSession(c, auth, credential.token);
};

const tokenSession = (c: Context<AppEnv>, auth: AuthSettings, token: string) =>
  verifyToken(token, auth, Date.now(), () => installSecret(c.env, auth));

type JwtSettings = Extract<AuthSettings, { mode: "jwt" }>;

const ticketSession = async (
  c: Context<AppEnv>,
  auth: JwtSettings,
  text: string,
): Promise<Result<Session, Failure>> => {
  const ticket = await openedTicket(await installSecret(c.env, auth), text, Date.now());
  if (!ticket) return failed(ticketRefused);
  c.set("ticket", ticket);
  return success(ticket.session);
};

/**
 * The session of what a browser sends by itself: the assertion of Cloudflare Access, or the cookie of a sign-in. A request
 * that could change something, or opens a socket, has to come from a page of ours: browsers always say where it comes from.
 */
const ambientSession = async (c: Context<AppEnv>, auth: JwtSettings): Promise<Result<Session, Failure>> => {
  const assertion = auth.access && c.req.header("Cf-Access-Jwt-Assertion");
  const cookie = cookieOf(c, "session");
  if (assertion === undefined && cookie === undefined) return failed(absent);
  const isHarmless =
    (c.req.method === "GET" || c.req.method === "HEAD") && c.req.header("Upgrade") === undefined;
  const isFromPage = c.req.header("Origin") !== undefined && isOriginAllowed(c);
  if (auth.access && assertion !== undefined) {
    // A program behind Access has no origin to tell; a page of another site has one.
    if (!isHarmless && !isOriginAllowed(c)) return failed(originNotAllowed);
    return verifyAccess(assertion, auth.access, auth.roles, Date.now());
  }
  if (!isHarmless && !isFromPage) return failed(originNotAllowed);
  return isSessionToken(cookie ?? "") ? tokenSession(c, auth, cookie ?? "") : failed(ended);
};

/** The session of a request, by whatever it carries. */
export const requestSession = (c: Context<AppEnv>): Promise<Result<Session, Failure>> =>
  sessionOf(c, credentialOf(c));

/** The token of the Authorization header; for an event stream, which no browser lets have headers, also the URL's. */
const credentialOf = (c: Context<AppEnv>): Credential | undefined => {
  const token = opensEventStream(c) ? c.req.query("token") : undefined;
  return bearerOf(c.req.raw.headers) ?? (token ? { kind: "token", token } : undefined);
};

/** Lets only requests with a valid token through; the session is in the context then. */
export const requireSession = createMiddleware<AppEnv>(async (c, next) => {
  const session = await requestSession(c);
  if (!session.ok) return failureResponse(c, session.failure);
  c.set("session", session.value);
  return next();
});

/** Lets only sessions of at least this role through. */
export const requireRole = (role: Role) =>
  createMiddleware<AppEnv>(async (c, next) => {
    if (hasRole(c.get("session"), role)) return next();
    return failureResponse(c, { code: "FORBIDDEN", message: `The role ${role} is required` });
  });

/** Who is asking: turns what a request carries into a session, or into the reason why there is none. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { bearerOf, type Credential } from "../../auth/credential.ts";
import { localSession } from "../../auth/loopback.ts";
import { hasRole } from "../../auth/rights.ts";
import { verifyToken } from "../../auth/token.ts";
import type { Failure } from "../../protocol/failure.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Role, Session } from "../../protocol/connection/session.ts";
import type { AppEnv } from "./app-env.ts";
import { opensEventStream } from "../deployments/event-stream.ts";
import { failureResponse } from "./failure-response.ts";
import { ticketSession } from "../sockets/ticket-session.ts";

const absent: Failure = { code: "UNAUTHENTICATED", message: "A token is required" };

const notLocal: Failure = {
  code: "FORBIDDEN",
  message: "AUTH_MODE=off serves only requests to a loopback host: set AUTH_JWT_SECRET or AUTH_JWKS_URL",
};

/** What a session is told that may not see the stack it asks for. */
export const notCovered: Failure = { code: "FORBIDDEN", message: "The token does not cover this stack" };

/** What a session is told that may not see the deployment it asks for, whether there is one or not. */
export const deploymentNotCovered: Failure = {
  code: "FORBIDDEN",
  message: "The token does not cover this deployment",
};

/** The session of a credential. A ticket is used up by this, whatever becomes of the request. */
export const sessionOf = async (
  c: Context<AppEnv>,
  credential: Credential | undefined,
): Promise<Result<Session, Failure>> => {
  const { auth } = c.get("settings");
  if (auth.mode === "off") return isLoopback(new URL(c.req.url)) ? success(localSession) : failed(notLocal);
  if (credential === undefined) return failed(absent);
  if (credential.kind === "ticket") return ticketSession(c.env, auth, credential.ticket);
  return verifyToken(credential.token, auth, Date.now());
};

/** The token of the Authorization header; for an event stream, which no browser lets have headers, also the URL's. */
const credentialOf = (c: Context<AppEnv>): Credential | undefined => {
  const token = opensEventStream(c) ? c.req.query("token") : undefined;
  return bearerOf(c.req.raw.headers) ?? (token ? { kind: "token", token } : undefined);
};

/** Lets only requests with a valid token through; the session is in the context then. */
export const requireSession = createMiddleware<AppEnv>(async (c, next) => {
  const session = await sessionOf(c, credentialOf(c));
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

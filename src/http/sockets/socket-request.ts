/**
 * What all routes of WebSockets share: who may open one, and what is handed on to the object that holds it. That is made
 * again, so that neither a token nor a forged session travels along.
 */
import type { Context } from "hono";
import { offersStackcast, socketCredentialOf } from "../../auth/credential.ts";
import { SUBPROTOCOL } from "../../protocol/connection/connection.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, type Result } from "../../protocol/result.ts";
import { SESSION_HEADER, TICKET_HEADER, type Session } from "../../protocol/connection/session.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { isOriginAllowed, originNotAllowed } from "../middleware/browser-origins.ts";
import {
  codesOf,
  failureStatuses,
  type bareFailureSchema,
  type failureBodySchema,
} from "../middleware/failure-response.ts";
import { excessOf } from "../middleware/rate-limits.ts";
import { sessionOf } from "../middleware/sessions.ts";

/** The session of whoever wants to open a socket; it is in the context then. */
export const socketSessionOf = async (c: Context<AppEnv>): Promise<Result<Session, Failure>> => {
  if (!isOriginAllowed(c)) return failed(originNotAllowed);
  const session = await sessionOf(c, socketCredentialOf(c.req.raw.headers, new URL(c.req.url)));
  if (!session.ok) return session;
  c.set("session", session.value);
  const excess = await excessOf(c, "sockets");
  return excess ? failed(excess) : session;
};

/** Why a request cannot become a socket. */
export const notUpgrading = (c: Context<AppEnv>): Failure | undefined =>
  c.req.method === "GET" && c.req.header("Upgrade")?.toLowerCase() === "websocket"
    ? undefined
    : { code: "UPGRADE_REQUIRED", message: "This address is a WebSocket" };

/** A session as a header's value: JSON, with all that a header cannot hold escaped. */
const headerOf = (session: Session): string =>
  JSON.stringify(session).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** The request for a gateway's socket. */
export const handedOn = (
  c: Context<AppEnv>,
  session: Session,
  query: Readonly<Record<string, string>> = {},
): Request => {
  const url = new URL("https://gateway/socket");
  url.search = new URLSearchParams(query).toString();
  const headers = new Headers({ Upgrade: "websocket", [SESSION_HEADER]: headerOf(session) });
  const { ticket }: Partial<AppEnv["Variables"]> = c.var;
  if (ticket) headers.set(TICKET_HEADER, `${ticket.id} ${ticket.expiresAt}`);
  if (offersStackcast(c.req.raw.headers)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Request(url, { headers });
};

/** The ways in which a socket carries its token, as OpenAPI has them. */
export const socketSecurity = [{ token: [] }, { subprotocol: [] }, { ticket: [] }, { queryToken: [] }];

/** What a socket's route answers, as OpenAPI has it; failures in the shape of the route's path. */
export const socketResponses = (schema: typeof bareFailureSchema | typeof failureBodySchema) => ({
  101: { description: `Frames follow; the subprotocol ${SUBPROTOCOL} is selected if it was offered` },
  ...Object.fromEntries(
    failureStatuses.map((status) => [
      status,
      { description: codesOf(status).join(", "), content: { "application/json": { schema } } },
    ]),
  ),
});

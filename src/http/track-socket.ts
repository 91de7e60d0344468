/**
 * The WebSocket of a stack: decides at the edge who may watch, then hands the connection to the stack's object. What is
 * handed on is made anew, so that neither a token nor a forged session travels along.
 */
import type { Context } from "hono";
import * as z from "zod";
import { offersStackcast, socketCredentialOf } from "../auth/credential.ts";
import { mayRead } from "../auth/rights.ts";
import { regionSchema, stackChannelOf, stackNameSchema } from "../protocol/channel.ts";
import { SUBPROTOCOL } from "../protocol/connection.ts";
import { SESSION_HEADER, type Session } from "../protocol/session.ts";
import type { AppEnv } from "./app-env.ts";
import { isOriginAllowed, originNotAllowed } from "./browser-origins.ts";
import { bareFailureSchema, codesOf, failureResponse, failureStatuses } from "./failure-response.ts";
import { stackTrackerOf } from "./objects.ts";
import { invalidRequest, resourceApp } from "./resource-app.ts";
import { notCovered, sessionOf } from "./sessions.ts";

const params = z.object({ stackName: stackNameSchema });

const query = z.object({
  region: regionSchema.optional(),
  epoch: z.string().max(64).optional(),
  offset: z
    .string()
    .regex(/^\d{1,15}$/, "must be an offset")
    .optional(),
});

/** A session as a header's value: JSON, with all that a header cannot hold escaped. */
const headerOf = (session: Session): string =>
  JSON.stringify(session).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const handedOn = (c: Context<AppEnv>, session: Session, position: Record<string, string>): Request => {
  const url = new URL("https://stack/socket");
  url.search = new URLSearchParams(position).toString();
  const headers = new Headers({ Upgrade: "websocket", [SESSION_HEADER]: headerOf(session) });
  if (offersStackcast(c.req.raw.headers)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Request(url, { headers });
};

const track = async (c: Context<AppEnv>): Promise<Response> => {
  if (!isOriginAllowed(c)) return failureResponse(c, originNotAllowed);
  const url = new URL(c.req.url);
  const session = await sessionOf(c, socketCredentialOf(c.req.raw.headers, url));
  if (!session.ok) return failureResponse(c, session.failure);
  c.set("session", session.value);
  const asked = params.extend(query.shape).safeParse({ ...c.req.query(), ...c.req.param() });
  if (!asked.success) return failureResponse(c, invalidRequest(asked.error));
  const { stackName, region = c.get("settings").aws.region, epoch, offset } = asked.data;
  const address = { region, stackName };
  if (!mayRead(session.value, stackChannelOf(address))) return failureResponse(c, notCovered);
  if (c.req.method !== "GET" || c.req.header("Upgrade")?.toLowerCase() !== "websocket")
    return failureResponse(c, { code: "UPGRADE_REQUIRED", message: "This address is a WebSocket" });
  const position = { ...(epoch !== undefined && { epoch }), ...(offset !== undefined && { offset }) };
  return stackTrackerOf(c.env, address).fetch(handedOn(c, session.value, position));
};

/** The stack's WebSocket. It asks for its session itself, since a socket carries its token in more ways. */
export const trackSocket = resourceApp();

trackSocket.get("/canvas/deploy/track/:stackName", track);

trackSocket.openAPIRegistry.registerPath({
  method: "get",
  path: "/canvas/deploy/track/{stackName}",
  summary: "A stack's own channel as a WebSocket: its events so far, then live ones",
  security: [{ token: [] }, { subprotocol: [] }, { ticket: [] }, { queryToken: [] }],
  tags: ["sockets"],
  request: { params, query },
  responses: {
    101: { description: `Frames follow; the subprotocol ${SUBPROTOCOL} is selected if it was offered` },
    ...Object.fromEntries(
      failureStatuses.map((status) => [
        status,
        {
          description: codesOf(status).join(", "),
          content: { "application/json": { schema: bareFailureSchema } },
        },
      ]),
    ),
  },
});

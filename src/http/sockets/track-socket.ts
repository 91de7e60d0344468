/** The WebSocket of a stack: decides at the edge who may watch, then hands the connection to a gateway near by. */
import type { Context } from "hono";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import { aliasSchema, regionSchema, stackNameSchema } from "../../protocol/connection/channel.ts";
import { stackChannelOf } from "../../protocol/connection/channel-names.ts";
import { OPENED_FOR_HEADER } from "../../protocol/rpc/socket-request.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { bareFailureSchema, failureResponse } from "../middleware/failure-response.ts";
import { openedAtGateway } from "./nearest-gateway.ts";
import { invalidRequest } from "../../protocol/issues.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { notCovered } from "../middleware/sessions.ts";
import {
  handedOn,
  notUpgrading,
  socketResponses,
  socketSecurity,
  socketSessionOf,
} from "./socket-request.ts";

const params = z.object({ stackName: stackNameSchema });

const query = z.object({
  account: aliasSchema.optional(),
  region: regionSchema.optional(),
  epoch: z.string().max(64).optional(),
  offset: z
    .string()
    .regex(/^\d{1,15}$/, "must be an offset")
    .optional(),
});

const withoutHeader = ({ status, webSocket, headers }: Response): Response => {
  const shown = new Headers(headers);
  shown.delete(OPENED_FOR_HEADER);
  return new Response(null, { status, webSocket, headers: shown });
};

/** For the minutes in which a release reaches all objects: the gateway took the socket for one of any channels. */
const outdated = (c: Context<AppEnv>, { webSocket }: Response): Response => {
  webSocket?.accept();
  webSocket?.close();
  return failureResponse(c, { code: "UNAVAILABLE", message: "A new release is being installed: try again" });
};

const track = async (c: Context<AppEnv>): Promise<Response> => {
  const session = await socketSessionOf(c);
  if (!session.ok) return failureResponse(c, session.failure);
  const asked = params.extend(query.shape).safeParse({ ...c.req.query(), ...c.req.param() });
  if (!asked.success) return failureResponse(c, invalidRequest(asked.error));
  const { stackName, account, region = c.get("settings").aws.region, epoch, offset } = asked.data;
  const channel = stackChannelOf({ account, region, stackName });
  if (!mayRead(session.value, channel)) return failureResponse(c, notCovered);
  const refusal = notUpgrading(c);
  if (refusal) return failureResponse(c, refusal);
  const accounts = await knownAccounts(c.env, [{ account }]);
  if (!accounts.ok) return failureResponse(c, accounts.failure);
  const position = { ...(epoch !== undefined && { epoch }), ...(offset !== undefined && { offset }) };
  const opened = await openedAtGateway(c, handedOn(c, session.value, { channel, ...position }));
  if (opened.status !== 101) return opened;
  return opened.headers.has(OPENED_FOR_HEADER) ? withoutHeader(opened) : outdated(c, opened);
};

/** The stack's WebSocket. It asks for its session itself, since a socket carries its token in more ways. */
export const trackSocket = resourceApp();

trackSocket.get("/canvas/deploy/track/:stackName", track);

trackSocket.openAPIRegistry.registerPath({
  method: "get",
  path: "/canvas/deploy/track/{stackName}",
  operationId: "openTrackSocket",
  summary: "A stack's own channel as a WebSocket: its events so far, then live ones",
  security: socketSecurity,
  tags: ["sockets"],
  request: { params, query },
  responses: socketResponses(bareFailureSchema),
});

/** The WebSocket of a stack: decides at the edge who may watch, then hands the connection to the stack's object. */
import type { Context } from "hono";
import * as z from "zod";
import { mayRead } from "../auth/rights.ts";
import { regionSchema, stackNameSchema } from "../protocol/channel.ts";
import { stackChannelOf } from "../protocol/channel-names.ts";
import type { AppEnv } from "./app-env.ts";
import { bareFailureSchema, failureResponse } from "./failure-response.ts";
import { stackTrackerOf } from "./objects.ts";
import { invalidRequest, resourceApp } from "./resource-app.ts";
import { notCovered } from "./sessions.ts";
import {
  handedOn,
  notUpgrading,
  socketResponses,
  socketSecurity,
  socketSessionOf,
} from "./socket-request.ts";

const params = z.object({ stackName: stackNameSchema });

const query = z.object({
  region: regionSchema.optional(),
  epoch: z.string().max(64).optional(),
  offset: z
    .string()
    .regex(/^\d{1,15}$/, "must be an offset")
    .optional(),
});

const track = async (c: Context<AppEnv>): Promise<Response> => {
  const session = await socketSessionOf(c);
  if (!session.ok) return failureResponse(c, session.failure);
  const asked = params.extend(query.shape).safeParse({ ...c.req.query(), ...c.req.param() });
  if (!asked.success) return failureResponse(c, invalidRequest(asked.error));
  const { stackName, region = c.get("settings").aws.region, epoch, offset } = asked.data;
  const address = { region, stackName };
  if (!mayRead(session.value, stackChannelOf(address))) return failureResponse(c, notCovered);
  const refusal = notUpgrading(c);
  if (refusal) return failureResponse(c, refusal);
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
  security: socketSecurity,
  tags: ["sockets"],
  request: { params, query },
  responses: socketResponses(bareFailureSchema),
});

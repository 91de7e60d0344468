/** The WebSocket of all channels: decides at the edge who may come in, then hands the connection to a gateway near by. */
import type { Context } from "hono";
import type { AppEnv } from "../middleware/app-env.ts";
import { failureBodySchema, failureResponse } from "../middleware/failure-response.ts";
import { openedAtGateway } from "./nearest-gateway.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import {
  handedOn,
  notUpgrading,
  socketResponses,
  socketSecurity,
  socketSessionOf,
} from "./socket-request.ts";

const connect = async (c: Context<AppEnv>): Promise<Response> => {
  const session = await socketSessionOf(c);
  if (!session.ok) return failureResponse(c, session.failure);
  const refusal = notUpgrading(c);
  if (refusal) return failureResponse(c, refusal);
  return openedAtGateway(c, handedOn(c, session.value));
};

/** The gateways' WebSocket. It asks for its session itself, since a socket carries its token in more ways. */
export const gatewaySocket = resourceApp();

gatewaySocket.get("/ws", connect);

gatewaySocket.openAPIRegistry.registerPath({
  method: "get",
  path: "/ws",
  operationId: "openSocket",
  summary: "A WebSocket for any channels: subscribe to deployments and stacks, see their events live",
  security: socketSecurity,
  tags: ["sockets"],
  responses: socketResponses(failureBodySchema),
});

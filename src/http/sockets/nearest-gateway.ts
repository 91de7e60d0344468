/** The gateway that holds a viewer's socket: near the viewer, one of the shards there; or the one that a ticket names. */
import type { Context } from "hono";
import { locationHintOf } from "../../protocol/rpc/location-hint.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { failureResponse } from "../middleware/failure-response.ts";
import { ticketRefused } from "../middleware/sessions.ts";
import { gatewayNameOf, gatewayOf } from "../../objects.ts";
import { viewerHintOf } from "./viewer-location.ts";

/** Where gateways are if neither the viewer's place nor that of the default AWS region is known. */
const ANYWHERE: DurableObjectLocationHint = "enam";

const hintOf = (c: Context<AppEnv>): DurableObjectLocationHint =>
  viewerHintOf(c.req.raw.cf) ?? locationHintOf(c.get("settings").aws.region) ?? ANYWHERE;

/** One of the gateways near the viewer. */
export const nearestGatewayName = (c: Context<AppEnv>): string =>
  gatewayNameOf(hintOf(c), Math.floor(Math.random() * c.get("settings").gatewayShards));

/** Has a gateway open the socket: the one that took the ticket before knows that it is used. */
export const openedAtGateway = async (c: Context<AppEnv>, request: Request): Promise<Response> => {
  const { ticket }: Partial<AppEnv["Variables"]> = c.var;
  const name = ticket?.gateway ?? nearestGatewayName(c);
  const opened = await gatewayOf(c.env, name, hintOf(c)).fetch(request);
  return opened.status === 401 ? failureResponse(c, ticketRefused) : opened;
};

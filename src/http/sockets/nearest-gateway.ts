/**
 * The gateway that holds a viewer's socket: near the viewer, one of the shards there; or the one that a ticket names. Where the
 * shards are full another one is taken, unless a setting fixes how many there are: each isolate learns that by itself.
 */
import type { Context } from "hono";
import { locationHintOf } from "../../protocol/rpc/location-hint.ts";
import { FULL_STATUS, SHARDS_HEADER } from "../../protocol/rpc/socket-request.ts";
import { TICKET_HEADER } from "../../protocol/connection/session.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { failureResponse } from "../middleware/failure-response.ts";
import { ticketRefused } from "../middleware/sessions.ts";
import { gatewayNameOf, gatewayOf } from "../../objects.ts";
import { viewerHintOf } from "./viewer-location.ts";

/** Where gateways are if neither the viewer's place nor that of the default AWS region is known. */
const ANYWHERE: DurableObjectLocationHint = "enam";

/** Gateways of a place that are asked for one socket, and those that a place may have. */
const MOST_ASKED = 6;
const MOST_SHARDS = 999;

/** Shards of each place that have been needed so far. */
const known = new Map<DurableObjectLocationHint, number>();

const allFull: Failure = { code: "UNAVAILABLE", message: "Too many viewers at the moment: try again later" };

const hintOf = (c: Context<AppEnv>): DurableObjectLocationHint =>
  viewerHintOf(c.req.raw.cf) ?? locationHintOf(c.get("settings").aws.region) ?? ANYWHERE;

/** One of the gateways near the viewer. */
export const nearestGatewayName = (c: Context<AppEnv>): string => {
  const hint = hintOf(c);
  const shards = c.get("settings").gatewayShards ?? known.get(hint) ?? 1;
  return gatewayNameOf(hint, Math.floor(Math.random() * shards));
};

/** The shard to ask after one that is full; `reported`: how many there are, as that one knows. */
const nextShard = (
  c: Context<AppEnv>,
  hint: DurableObjectLocationHint,
  reported: number,
  asked: number,
): number => {
  const { gatewayShards: fixed } = c.get("settings");
  if (fixed !== undefined) return (Math.floor(Math.random() * fixed) + asked) % fixed;
  const shards = known.get(hint) ?? 1;
  // Another isolate has needed more: one of those. Else a new one.
  const next = reported > shards ? reported : Math.min(MOST_SHARDS, shards + 1);
  known.set(hint, next);
  return next - 1;
};

/** Has a gateway open the socket: the one that took the ticket before knows that it is used. */
export const openedAtGateway = async (c: Context<AppEnv>, request: Request): Promise<Response> => {
  const { ticket }: Partial<AppEnv["Variables"]> = c.var;
  const hint = hintOf(c);
  let name = ticket?.gateway ?? nearestGatewayName(c);
  let asking = request;
  for (let asked = 1; ; asked += 1) {
    const opened = await gatewayOf(c.env, name, hint).fetch(asking);
    if (opened.status === 401) return failureResponse(c, ticketRefused);
    if (opened.status !== FULL_STATUS) return opened;
    if (asked === MOST_ASKED) return failureResponse(c, allFull);
    const shard = nextShard(c, hint, Number(opened.headers.get(SHARDS_HEADER) ?? 0), asked);
    name = gatewayNameOf(hint, shard);
    const headers = new Headers(request.headers);
    // It was used where it was made for.
    headers.delete(TICKET_HEADER);
    headers.set(SHARDS_HEADER, String(known.get(hint) ?? 1));
    asking = new Request(request.url, { headers });
  }
};

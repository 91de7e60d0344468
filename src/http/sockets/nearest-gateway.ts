/** The gateway that holds a viewer's socket: near the viewer, one of the shards there. */
import type { Context } from "hono";
import { locationHintOf } from "../../protocol/rpc/location-hint.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { gatewayNameOf, gatewayOf } from "../../objects.ts";
import { viewerHintOf } from "./viewer-location.ts";

/** Where gateways are if neither the viewer's place nor that of the default AWS region is known. */
const ANYWHERE: DurableObjectLocationHint = "enam";

export const nearestGateway = (c: Context<AppEnv>) => {
  const { gatewayShards, aws } = c.get("settings");
  const hint = viewerHintOf(c.req.raw.cf) ?? locationHintOf(aws.region) ?? ANYWHERE;
  const shard = Math.floor(Math.random() * gatewayShards);
  return gatewayOf(c.env, gatewayNameOf(hint, shard), hint);
};

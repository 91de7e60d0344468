/** What a gateway can be asked. Sockets come by `fetch`, with a request that upgrades. */
import type { PushReceiver } from "../../protocol/rpc/channel-owner.ts";
import type { GatewayListPushes } from "../../protocol/rpc/list-owner.ts";

export interface GatewayRpc extends PushReceiver, GatewayListPushes {}

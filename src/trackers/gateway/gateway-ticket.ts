/** What a gateway keeps with each socket: 100 subscriptions fit beside the largest session into 16 KiB. */
import type { ListChannel } from "../../protocol/connection/list-channels.ts";
import type { CarriedPosition } from "./carried-position.ts";
import type { Ticketed } from "./held-sockets.ts";
import type { UsedTicket } from "./used-tickets.ts";

/**
 * A channel by its number in the gateway, and the offset with which the viewer joined. Events that the gateway passed on
 * up to that one are older than the viewer's.
 */
type Subscription = readonly [channel: number, joinedAt: number];

export type GatewayTicket = Ticketed &
  Readonly<{
    /** The one channel of a socket that was opened for it. */
    only?: string;
    /** Milliseconds since 1970, until the first subscription. */
    waitingSince?: number;
    /** The ticket that opened it: its id, and when it expires, in Unix milliseconds. */
    used?: UsedTicket;
    subscriptions: readonly Subscription[];
    /** How far channels are whose position it keeps for all who watch them; absent: none. */
    carried?: readonly CarriedPosition[];
    /** The lists that it watches; absent: none. */
    lists?: readonly ListChannel[];
  }>;

/**
 * How far the viewers of a channel are, kept with two of their sockets, so that passing events on costs no row. Who leaves
 * leaves it with the other one; where nobody has it after a sleep, nobody knows, and all come back.
 */
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";

/** A channel by its number in the gateway, its epoch, and the offset up to which its events were passed on. */
export type CarriedPosition = readonly [channel: number, epoch: string, offset: number];

type Sockets = Pick<HeldSockets<GatewayTicket>, "keptOf" | "keep">;

const CARRIERS = 2;

const isSame = (one: CarriedPosition, [channel, epoch, offset]: CarriedPosition): boolean =>
  one[0] === channel && one[1] === epoch && one[2] === offset;

/** Has the first of a channel's sockets keep its position. False: none of them has room for it. */
export const carryPosition = (
  sockets: Sockets,
  members: Iterable<WebSocket>,
  position: CarriedPosition,
): boolean => {
  let carriers = 0;
  for (const socket of members) {
    const ticket = sockets.keptOf(socket);
    if (!ticket) continue;
    const { subscriptions, carried = [] } = ticket;
    // A channel that the socket has left is of no use to it.
    const others = carried.filter(
      ([number]) => number !== position[0] && subscriptions.some(([subscribed]) => subscribed === number),
    );
    try {
      if (!carried.some((one) => isSame(one, position)))
        sockets.keep(socket, { ...ticket, carried: [...others, position] });
      carriers += 1;
    } catch {
      // More than the runtime keeps with a socket: another one may have less.
    }
    if (carriers === CARRIERS) break;
  }
  return carriers > 0;
};

/** How far a channel's events were passed on, as its sockets know; undefined: none of them does. */
export const carriedOffset = (
  tickets: Iterable<GatewayTicket>,
  channel: number,
  epoch: string,
): number | undefined => {
  const offsets: number[] = [];
  for (const { carried = [] } of tickets)
    for (const [number, its, offset] of carried)
      if (number === channel && its === epoch) offsets.push(offset);
  return offsets.length === 0 ? undefined : Math.max(...offsets);
};

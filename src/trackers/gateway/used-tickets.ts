/**
 * The tickets that a gateway has taken, until they expire: each opens one socket. An open socket keeps its own with it; that of
 * one that closes before is kept in a row. Only a gateway that loses all sockets at once forgets those of its last minute.
 */
import * as z from "zod";
import { Rows } from "../../channel/rows.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";

/** Kept, one row for each: `used/<id>`. */
const USED = "used/";

/** Its id, and when it expires, in Unix milliseconds. */
export type UsedTicket = readonly [id: string, expiresAt: number];

const headerSchema = z
  .string()
  .regex(/^\S+ \d+$/)
  .transform((text): UsedTicket => {
    const [id = "", expiresAt] = text.split(" ");
    return [id, Number(expiresAt)];
  });

/** The ticket in the header of a request; undefined: it came without. */
export const ticketIn = (header: string | null): UsedTicket | undefined =>
  headerSchema.safeParse(header).data;

export class UsedTickets {
  private readonly known = new Map<string, number>();
  private readonly rows: Rows<number>;

  constructor(ctx: DurableObjectState) {
    this.rows = new Rows(ctx.storage.kv, USED, z.number());
    for (const [id, expiresAt] of this.rows.all) this.known.set(id, expiresAt);
    for (const socket of ctx.getWebSockets()) {
      const kept: GatewayTicket | null = socket.deserializeAttachment();
      if (kept?.used) this.known.set(...kept.used);
    }
  }

  /** True once for each ticket. */
  take([id, expiresAt]: UsedTicket, now: number): boolean {
    for (const [other, until] of this.known) if (until <= now) this.known.delete(other);
    if (expiresAt <= now || this.known.has(id)) return false;
    this.known.set(id, expiresAt);
    return true;
  }

  /** The socket that a ticket opened is gone. */
  outlive(used: UsedTicket | undefined, now: number): void {
    if (!used || used[1] <= now) return;
    for (const [id, expiresAt] of this.rows.all) if (expiresAt <= now) this.rows.delete(id);
    this.rows.put(...used);
  }
}

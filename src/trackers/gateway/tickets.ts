/**
 * Keeps the secret that Stackcast signs its own tokens and tickets with where no setting holds one. A former release kept
 * tickets here, which is why the class is called so: Cloudflare knows it by this name.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { Row } from "../../channel/rows.ts";
import type { Env } from "../../env.ts";
import type { TicketsRpc } from "./tickets-rpc.ts";

const SECRET = "secret";

/** The one object of this name holds the secret. */
export class Tickets extends DurableObject<Env> implements TicketsRpc {
  /** Chance, and the same from then on. */
  async secret(): Promise<string> {
    const { kv } = this.ctx.storage;
    const known = new Row(kv, SECRET, z.string()).value;
    if (known !== undefined) return known;
    const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
    kv.put(SECRET, secret);
    return secret;
  }

  /** Set by the former release for tickets that expire. */
  override async alarm(): Promise<void> {
    this.ctx.storage.sql.exec("DROP TABLE IF EXISTS tickets");
  }
}

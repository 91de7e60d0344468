/**
 * The object that keeps one-use tickets: what a browser may put into a WebSocket's URL in place of its token. Only the
 * hash of a ticket is stored, so that the storage opens no door.
 */
import { DurableObject } from "cloudflare:workers";
import { signedTicket, ticketKeyOf, ticketSecretOf } from "../../auth/signed-ticket.ts";
import * as z from "zod";
import { decodedText } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { sessionSchema, type Session } from "../../protocol/connection/session.ts";
import type { Ticket } from "../../protocol/connection/ticket.ts";
import type { Env } from "../../env.ts";
import { settingsOf } from "../../settings.ts";
import type { TicketsRpc } from "./tickets-rpc.ts";

const LIFETIME_SECONDS = 60;

/**
 * Most tickets of one subject that wait to be used. A team may share one subject, and all its pages come back at once after
 * the network was gone: two hundred people with ten pages each.
 */
const MAX_OPEN = 2_000;

/** Kept: what tickets are signed with where no setting holds a secret. */
const SECRET = "secret";

type TicketRow = { session: string; expires: number };

const refused: Failure = { code: "UNAUTHENTICATED", message: "The ticket is unknown, used or expired" };

const tooMany: Failure = {
  code: "TOO_MANY_REQUESTS",
  message: `${MAX_OPEN} tickets of this subject wait to be used: use them, or wait a minute`,
};

const hashOf = async (ticket: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(ticket));
  return new Uint8Array(digest).toHex();
};

/** All tickets live in the one object of this name. */
export class Tickets extends DurableObject<Env> implements TicketsRpc {
  readonly #sql = this.ctx.storage.sql;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS tickets (hash TEXT PRIMARY KEY, session TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID",
    );
    this.#sql.exec("CREATE INDEX IF NOT EXISTS by_subject ON tickets (session ->> 'subject')");
  }

  /** A new ticket for a session; it never outlives the session. */
  async issue(session: Session): Promise<Result<Ticket, Failure>> {
    const now = Date.now();
    const expires = Math.min(now + LIFETIME_SECONDS * 1000, session.expiresAt * 1000);
    const ticket = await signedTicket(await this.#key(), expires);
    const hash = await hashOf(ticket);
    if (this.#openOf(session.subject, now) >= MAX_OPEN) return failed(tooMany);
    this.#sql.exec("INSERT INTO tickets VALUES (?, ?, ?)", hash, JSON.stringify(session), expires);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(expires);
    return success({ ticket, expiresAt: new Date(expires).toISOString() });
  }

  /** What tickets are signed with where no setting holds a secret: chance, and the same from then on. */
  async secret(): Promise<string> {
    const { kv } = this.ctx.storage;
    const known = new Row(kv, SECRET, z.string()).value;
    if (known !== undefined) return known;
    const secret = crypto.getRandomValues(new Uint8Array(32)).toHex();
    kv.put(SECRET, secret);
    return secret;
  }

  /** The session of a ticket, once: of two at the same time, one gets it. */
  async redeem(ticket: string): Promise<Result<Session, Failure>> {
    const hash = await hashOf(ticket);
    const [row] = this.#sql.exec<TicketRow>(
      "DELETE FROM tickets WHERE hash = ? RETURNING session, expires",
      hash,
    );
    if (row === undefined || row.expires <= Date.now()) return failed(refused);
    const session = decodedText(sessionSchema, row.session, "tickets");
    return session ? success(session) : failed(refused);
  }

  /** Deletes what has expired, and comes again only while tickets are left. */
  override async alarm(): Promise<void> {
    this.#sql.exec("DELETE FROM tickets WHERE expires <= ?", Date.now());
    const { next } = this.#sql
      .exec<{ next: number | null }>("SELECT min(expires) AS next FROM tickets")
      .one();
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }

  async #key(): Promise<CryptoKey> {
    const settings = settingsOf(this.env);
    // The Worker lets nobody in without these.
    if (!settings.ok) throw new Error("No tickets can be given");
    return ticketKeyOf(ticketSecretOf(settings.value.auth) ?? (await this.secret()));
  }

  #openOf(subject: string, now: number): number {
    const { open } = this.#sql
      .exec<{ open: number }>(
        "SELECT count(*) AS open FROM tickets WHERE session ->> 'subject' = ? AND expires > ?",
        subject,
        now,
      )
      .one();
    return open;
  }
}

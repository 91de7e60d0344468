/**
 * The object that keeps one-use tickets: what a browser may put into a WebSocket's URL in place of its token. Only the
 * hash of a ticket is stored, so that the storage opens no door.
 */
import { DurableObject } from "cloudflare:workers";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { sessionSchema, type Session } from "../protocol/session.ts";
import type { Ticket } from "../protocol/ticket.ts";
import type { Env } from "../settings.ts";

const LIFETIME_SECONDS = 60;

/** Most tickets of one subject that wait to be used: far more than the tabs that one person opens in a minute. */
const MAX_OPEN = 50;

type Row = { session: string; expires: number };

const refused: Failure = { code: "UNAUTHENTICATED", message: "The ticket is unknown, used or expired" };

const tooMany: Failure = {
  code: "TOO_MANY_REQUESTS",
  message: `${MAX_OPEN} tickets are open already: use them, or wait a minute`,
};

const hashOf = async (ticket: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(ticket));
  return new Uint8Array(digest).toHex();
};

/** All tickets live in the one object of this name. */
export class Tickets extends DurableObject<Env> {
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
    const ticket = crypto
      .getRandomValues(new Uint8Array(32))
      .toBase64({ alphabet: "base64url", omitPadding: true });
    const hash = await hashOf(ticket);
    const now = Date.now();
    if (this.#openOf(session.subject, now) >= MAX_OPEN) return failed(tooMany);
    const expires = Math.min(now + LIFETIME_SECONDS * 1000, session.expiresAt * 1000);
    this.#sql.exec("INSERT INTO tickets VALUES (?, ?, ?)", hash, JSON.stringify(session), expires);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(expires);
    return success({ ticket, expiresAt: new Date(expires).toISOString() });
  }

  /** The session of a ticket, once: of two at the same time, one gets it. */
  async redeem(ticket: string): Promise<Result<Session, Failure>> {
    const hash = await hashOf(ticket);
    const [row] = this.#sql.exec<Row>("DELETE FROM tickets WHERE hash = ? RETURNING session, expires", hash);
    if (row === undefined || row.expires <= Date.now()) return failed(refused);
    return success(sessionSchema.parse(JSON.parse(row.session)));
  }

  /** Deletes what has expired, and comes again only while tickets are left. */
  override async alarm(): Promise<void> {
    this.#sql.exec("DELETE FROM tickets WHERE expires <= ?", Date.now());
    const { next } = this.#sql
      .exec<{ next: number | null }>("SELECT min(expires) AS next FROM tickets")
      .one();
    if (next !== null) await this.ctx.storage.setAlarm(next);
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

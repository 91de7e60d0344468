/**
 * The one breaker of the install for each far end: the audit table, CloudWatch Logs, mail. Objects that were refused
 * wait here without an alarm. Each minute one of them tries; when it gets through, all others hand on what they kept.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { Row } from "../../channel/rows.ts";
import { platformQuotaOf, type PlatformQuota } from "../../domain/failure/platform-quota.ts";
import { logLine } from "../../log.ts";
import { call, handingOnOf } from "../../objects.ts";
import type { FarEnd, Refusing, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { Env } from "../../env.ts";
import type { FarEndsRpc } from "./far-ends-rpc.ts";
import { TroubleNotices } from "./trouble-notices.ts";

/** Objects that hand on what they kept at the same time, and in one minute. */
const CONCURRENCY = 20;
const MOST_A_MINUTE = 500;

/** When a row was written last, to see whether one can be; and how often that is done, in milliseconds. */
const WRITTEN = "written";
const TRY_EVERY_MS = 60_000;

/** Objects out of reach that one probe passes over. */
const MOST_OUT_OF_REACH = 3;

type End = { end: FarEnd; since: number; code: string };

export class FarEnds extends DurableObject<Env> implements FarEndsRpc {
  private readonly sql: SqlStorage;
  private probing: Promise<void> | undefined;
  private readonly troubles: TroubleNotices;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.troubles = new TroubleNotices(ctx.storage.sql, env);
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS ends (end TEXT PRIMARY KEY, since INTEGER NOT NULL, code TEXT NOT NULL) WITHOUT ROWID",
    );
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS waiting (end TEXT, name TEXT, tried INTEGER NOT NULL, PRIMARY KEY (end, name)) WITHOUT ROWID",
    );
  }

  /** A far end has refused an object, which now waits to be asked to try again. The first of them is reported in the log. */
  async report(
    farEnd: FarEnd,
    name: string,
    { code, evidence }: Readonly<{ code: string; evidence: string }>,
  ): Promise<void> {
    const now = Date.now();
    const isFirst = !this.ends().some(({ end }) => end === farEnd);
    this.ctx.storage.transactionSync(() => {
      this.sql.exec("INSERT INTO waiting VALUES (?, ?, ?) ON CONFLICT DO NOTHING", farEnd, name, now);
      if (isFirst) this.sql.exec("INSERT INTO ends VALUES (?, ?, ?)", farEnd, now, code);
    });
    if (!isFirst) return;
    logLine("warn", "Far end refuses", { farEnd, code, evidence });
    this.ctx.waitUntil(this.troubles.note(farEnd, code, now));
  }

  async refusing(): Promise<readonly Refusing[]> {
    return this.ends().map(({ end, since, code }) => ({
      farEnd: end,
      code,
      since,
      waiting: this.waitingFor(end),
    }));
  }

  /**
   * Whether Cloudflare's plan is used up: tried by one row a minute at most. Undefined: objects may write. Where the row is
   * refused only after this has answered, the call itself fails with Cloudflare's words.
   */
  async quota(): Promise<PlatformQuota | undefined> {
    const now = Date.now();
    try {
      const written = new Row(this.ctx.storage.kv, WRITTEN, z.number());
      if (Math.abs(now - (written.value ?? 0)) >= TRY_EVERY_MS) written.put(now);
      return undefined;
    } catch (error) {
      const quota = platformQuotaOf(error);
      if (!quota) throw error;
      return quota;
    }
  }

  /** Something else is wrong with the install, and is to be reported again while it is. */
  async noteTrouble(trouble: "credentials" | "alarms", code: string): Promise<void> {
    await this.troubles.note(trouble, code, Date.now());
  }

  /** Has one object try each far end again, and the others if it gets through. To be called once a minute. */
  async probe(): Promise<void> {
    this.probing ??= Promise.all([this.tryAll(), this.troubles.settle(Date.now())])
      .then(() => undefined)
      .finally(() => {
        this.probing = undefined;
      });
    return this.probing;
  }

  private async tryAll(): Promise<void> {
    for (const { end, since } of this.ends()) {
      const names = this.sql
        .exec<{ name: string }>(
          "SELECT name FROM waiting WHERE end = ? ORDER BY tried, name LIMIT ?",
          end,
          MOST_A_MINUTE,
        )
        .toArray()
        .map(({ name }) => name);
      if (await this.isOpen(end, names))
        while (names.length > 0)
          await Promise.all(names.splice(0, CONCURRENCY).map((name) => this.tryOne(end, name)));
      if (this.waitingFor(end) > 0) continue;
      this.sql.exec("DELETE FROM ends WHERE end = ?", end);
      logLine("info", "Far end takes again", { farEnd: end, since: new Date(since).toISOString() });
      await this.troubles.end(end, Date.now());
    }
  }

  /** Whether one of the objects gets through; takes those off the list that have tried. */
  private async isOpen(end: FarEnd, names: string[]): Promise<boolean> {
    for (let outOfReach = 0; names.length > 0 && outOfReach < MOST_OUT_OF_REACH;) {
      const answer = await this.tryOne(end, names.shift()!);
      if (answer === "taken") return true;
      if (answer === "refused") return false;
      if (answer === undefined) outOfReach += 1;
    }
    return false;
  }

  /** Undefined: the object was not reached. */
  private async tryOne(end: FarEnd, name: string): Promise<TriedAgain | undefined> {
    const answer = await call(
      () => handingOnOf(this.env, name),
      (object) => object.handOnAgain(end),
    ).catch(() => undefined);
    if (answer === "taken" || answer === "idle")
      this.sql.exec("DELETE FROM waiting WHERE end = ? AND name = ?", end, name);
    else this.sql.exec("UPDATE waiting SET tried = ? WHERE end = ? AND name = ?", Date.now(), end, name);
    return answer;
  }

  private ends(): readonly End[] {
    return this.sql.exec<End>("SELECT end, since, code FROM ends ORDER BY end").toArray();
  }

  private waitingFor(end: FarEnd): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM waiting WHERE end = ?", end).one()
      .count;
  }
}

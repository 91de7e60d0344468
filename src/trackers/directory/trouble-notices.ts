/**
 * What is wrong with the install, and who is notified of it: one message when a trouble begins and one when it ends. What a
 * destination could not be given is given with the next minute, under the same offset, so that it is there once.
 */
import { troubleTypeOf, installAlertOf, installEventOf } from "../../domain/words/install-alert.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, destinationsOf, outboxOf } from "../../objects.ts";
import type { InstallEvent, InstallTrouble } from "../../protocol/admin/install-events.ts";
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";

/** A trouble that nobody has reported for so long, in milliseconds, and that nothing else ends, is over. */
const QUIET_MS = 900_000;

type Row = {
  trouble: InstallTrouble;
  code: string;
  since: number;
  reported: number;
  /** When it ended; 0: it has not. */
  over: number;
  /** Whether all were notified of the newest turn. */
  notified: number;
};

/** End by what their far end does, and not by silence; that has a line of its own in the log. */
const OF_FAR_ENDS: readonly InstallTrouble[] = ["audit", "logs", "mail"];

export class TroubleNotices {
  private readonly sql: SqlStorage;
  private readonly env: Env;

  constructor(sql: SqlStorage, env: Env) {
    this.sql = sql;
    this.env = env;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS install_troubles (trouble TEXT PRIMARY KEY, code TEXT NOT NULL, since INTEGER NOT NULL," +
        " reported INTEGER NOT NULL, over INTEGER NOT NULL, notified INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  /** A trouble is there; again changes nothing but when it was reported last. */
  async note(trouble: InstallTrouble, code: string, now: number): Promise<void> {
    const [known] = this.sql.exec<Row>("SELECT * FROM install_troubles WHERE trouble = ?", trouble);
    if (known && known.over === 0) {
      this.sql.exec("UPDATE install_troubles SET reported = ? WHERE trouble = ?", now, trouble);
      return;
    }
    this.sql.exec(
      "INSERT OR REPLACE INTO install_troubles VALUES (?, ?, ?, ?, 0, 0)",
      trouble,
      code,
      Math.max(now, (known?.over ?? 0) + 1),
      now,
    );
    if (!OF_FAR_ENDS.includes(trouble)) logLine("warn", "Install in trouble", { trouble, code });
    await this.tell();
  }

  /** It is over. */
  async end(trouble: InstallTrouble, now: number): Promise<void> {
    const [known] = this.sql.exec<Row>(
      "SELECT * FROM install_troubles WHERE trouble = ? AND over = 0",
      trouble,
    );
    if (!known) return;
    const over = Math.max(now, known.since + 1);
    this.sql.exec("UPDATE install_troubles SET over = ?, notified = 0 WHERE trouble = ?", over, trouble);
    if (!OF_FAR_ENDS.includes(trouble)) logLine("info", "Install out of trouble", { trouble });
    await this.tell();
  }

  /** To be called once a minute. */
  async settle(now: number): Promise<void> {
    const quiet = this.sql
      .exec<Row>("SELECT * FROM install_troubles WHERE over = 0 AND reported < ?", now - QUIET_MS)
      .toArray();
    for (const { trouble } of quiet) if (!OF_FAR_ENDS.includes(trouble)) await this.end(trouble, now);
    await this.tell();
  }

  private async tell(): Promise<void> {
    const rows = this.sql.exec<Row>("SELECT * FROM install_troubles WHERE notified = 0").toArray();
    if (rows.length === 0) return;
    const rules = await this.rules();
    for (const { trouble, code, since, over } of rules ? rows : []) {
      const event = installEventOf({ trouble, code, at: over || since, isOver: over > 0 });
      const given = await Promise.all((rules ?? []).map((rule) => this.give(rule, event)));
      if (given.every(Boolean))
        this.sql.exec(
          "UPDATE install_troubles SET notified = 1 WHERE trouble = ? AND since = ? AND over = ?",
          trouble,
          since,
          over,
        );
    }
  }

  /** Undefined: out of reach. */
  private async rules(): Promise<readonly DestinationRule[] | undefined> {
    try {
      const { rules = [] } = await call(
        () => destinationsOf(this.env),
        (directory) => directory.rules(undefined),
      );
      return rules;
    } catch {
      return undefined;
    }
  }

  private async give({ id, kind, events, toOwner }: DestinationRule, event: InstallEvent): Promise<boolean> {
    const begun = troubleTypeOf(event.data.trouble);
    // Whoever hears of a trouble hears of its end, and nobody else.
    if (toOwner || ![event.type, begun].every((type) => events.includes(type))) return true;
    const body = JSON.stringify(kind === "webhook" ? event : installAlertOf(event));
    const { channel, offset, type } = event;
    const handOver = { channel, epoch: "1", messages: [{ offset, type, body }], version: RPC_VERSION };
    try {
      await call(
        () => outboxOf(this.env, id),
        (outbox) => outbox.take(handOver),
      );
      return true;
    } catch (error) {
      logLine("warn", "Destination not reached", { destination: id, error: String(error) });
      return false;
    }
  }
}

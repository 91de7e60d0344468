/**
 * Deletes what is older than `RETENTION_DAYS`: once a day all deployments are asked in turn, a page a minute, and the stacks
 * that nobody has followed for so long. How far a day's round has come is kept; whoever cannot be reached is asked tomorrow.
 */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, deploymentOf, stackTrackerOf } from "../../objects.ts";
import type { RunIndex } from "./run-index.ts";

const ROUND = "retention";

/** Asked in a minute, and at the same time. */
const PAGE = 50;
const CONCURRENCY = 10;

const DAY_MS = 86_400_000;

/** The day of the round, and the deployment that it has come to; `isDone`: to all. */
type Round = Readonly<{ day: string; after: readonly [string, string]; isDone: boolean }>;

const roundCodec = objectOf<Round>({
  day: z.string(),
  after: z.tuple([z.string(), z.string()]),
  isDone: z.boolean(),
});

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

export class Retention {
  private readonly env: Env;
  private readonly sql: SqlStorage;
  private readonly runs: RunIndex;
  private readonly row: Row<Round>;

  constructor({ sql, kv }: Pick<DurableObjectStorage, "sql" | "kv">, env: Env, runs: RunIndex) {
    this.env = env;
    this.sql = sql;
    this.runs = runs;
    this.row = new Row(kv, ROUND, roundCodec);
    sql.exec(
      "CREATE TABLE IF NOT EXISTS stacks (channel TEXT PRIMARY KEY, seen TEXT NOT NULL) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS stacks_seen ON stacks (seen)");
  }

  /** A stack's object is at work; that is a row a day. */
  noteStack(channel: string, now: number): void {
    this.sql.exec(
      "INSERT INTO stacks VALUES (?, ?) ON CONFLICT DO UPDATE SET seen = excluded.seen WHERE seen < excluded.seen",
      channel,
      dayOf(now),
    );
  }

  /** Channels of stacks with an object, in their order, after one. */
  stacksAfter(channel: string, limit: number): readonly string[] {
    return this.sql
      .exec<{ channel: string }>(
        "SELECT channel FROM stacks WHERE channel > ? ORDER BY channel LIMIT ?",
        channel,
        limit,
      )
      .toArray()
      .map((row) => row.channel);
  }

  /** To be called once a minute. `days`: see `RETENTION_DAYS`. */
  async run(days: number, now: number): Promise<void> {
    if (days === 0) return;
    const day = dayOf(now);
    const cutoff = new Date(now - days * DAY_MS).toISOString();
    const known = this.row.value;
    const round = known?.day === day ? known : { day, after: ["", ""] as const, isDone: false };
    if (round.isDone) return;
    const page = this.runs.after(round.after, PAGE);
    const stacks = this.restingSince(cutoff.slice(0, 10));
    await this.askAll(page, (address) =>
      call(
        () => deploymentOf(this.env, address),
        (deployment) => deployment.retain(cutoff),
      ),
    );
    await this.askAll(stacks, async (channel) => {
      const isKept = await call(
        () => stackTrackerOf(this.env, channel),
        (stack) => stack.retain(cutoff),
      );
      if (isKept) this.noteStack(channel, now);
      else this.sql.exec("DELETE FROM stacks WHERE channel = ?", channel);
    });
    const last = page.at(-1);
    const isDone = page.length < PAGE && stacks.length < PAGE;
    this.row.put({ day, after: last ? [last.deploymentId, last.environment] : round.after, isDone });
  }

  private restingSince(day: string): readonly string[] {
    return this.sql
      .exec<{ channel: string }>("SELECT channel FROM stacks WHERE seen < ? ORDER BY seen LIMIT ?", day, PAGE)
      .toArray()
      .map(({ channel }) => channel);
  }

  private async askAll<One>(all: readonly One[], ask: (one: One) => Promise<void>): Promise<void> {
    const left = [...all];
    while (left.length > 0)
      await Promise.all(
        left.splice(0, CONCURRENCY).map((one) =>
          ask(one).catch((error: unknown) =>
            logLine("warn", "Not asked for what is too old", {
              what: JSON.stringify(one),
              error: String(error),
            }),
          ),
        ),
      );
  }
}

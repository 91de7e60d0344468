/**
 * Takes operations that have begun to the deployments into which the rules put their stacks. What is to be taken there is
 * kept until it is, so that a restart loses nothing; taken twice it changes nothing.
 */
import { backoffMs } from "../../domain/backoff.ts";
import { groupOf } from "../../domain/grouping/grouping.ts";
import { SingleFlight } from "../../domain/single-flight.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, deploymentOf, stackTrackerOf } from "../../objects.ts";
import { stackAddressOf } from "../../protocol/connection/channel.ts";
import type { GroupingRule } from "../../protocol/grouping.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import type { BoardStack } from "../../protocol/stack/board.ts";

/** Deployments asked at the same time. */
const CONCURRENCY = 10;

/** One that cannot be reached is asked so often, and longer apart each time. */
const MOST_TRIES = 10;
const RETRY = { baseMs: 1_000, maxMs: 60_000 };

/** What dies meanwhile is done so much later, in milliseconds. */
const GRACE_MS = 5_000;

type Owed = { channel: string; tries: number; due: number };

type Source = Readonly<{
  rules(): readonly GroupingRule[];
  find(channel: string): BoardStack | undefined;
}>;

export class BoardGrouping {
  private readonly sql: SqlStorage;
  private readonly env: Env;
  private readonly source: Source;
  private readonly flight = new SingleFlight();

  constructor(sql: SqlStorage, env: Env, source: Source) {
    this.sql = sql;
    this.env = env;
    this.source = source;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS to_group (channel TEXT PRIMARY KEY, tries INTEGER NOT NULL, due INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  /** Operations of these stacks have begun. Kept in the turn of the call, and so in the same write. */
  note(channels: readonly string[], now: number): void {
    const rules = this.source.rules();
    if (rules.length === 0) return;
    for (const channel of channels) {
      const stack = this.source.find(channel);
      if (stack && groupOf(rules, stack))
        this.sql.exec("INSERT OR REPLACE INTO to_group VALUES (?, 0, ?)", channel, now);
    }
  }

  /** Milliseconds of the epoch at which there is something to do; undefined: never. `isBegun`: it is being done. */
  nextAt(now: number, isBegun: boolean): number | undefined {
    const { due } = this.sql.exec<{ due: number | null }>("SELECT min(due) AS due FROM to_group").one();
    if (due === null) return undefined;
    return isBegun ? Math.max(due, now + GRACE_MS) : due;
  }

  /** Does what is due. */
  async run(now: number): Promise<void> {
    await this.flight.run(async () => {
      const due = this.sql
        .exec<Owed>("SELECT * FROM to_group WHERE due <= ? ORDER BY due, channel", now)
        .toArray();
      while (due.length > 0)
        await Promise.all(due.splice(0, CONCURRENCY).map((owed) => this.takeOne(owed, now)));
    });
  }

  private async takeOne({ channel, tries, due }: Owed, now: number): Promise<void> {
    try {
      await this.take(channel);
    } catch (error) {
      if (tries + 1 < MOST_TRIES) {
        const next = now + backoffMs(tries, 1, RETRY);
        this.sql.exec("UPDATE to_group SET tries = ?, due = ? WHERE channel = ?", tries + 1, next, channel);
        return;
      }
      logLine("error", "Stack not grouped", { channel, error: String(error) });
    }
    // Another operation may have begun meanwhile.
    this.sql.exec("DELETE FROM to_group WHERE channel = ? AND due = ?", channel, due);
  }

  private async take(channel: string): Promise<void> {
    const stack = this.source.find(channel);
    const at = stackAddressOf(channel);
    const group = stack && groupOf(this.source.rules(), stack);
    if (!at || !group) return;
    const registered = await call(
      () => stackTrackerOf(this.env, at),
      (tracker) => tracker.registeredBy(),
    );
    if (registered.length > 0) return;
    const { deploymentId, environment, stack: name, quietSeconds } = group;
    const address = { deploymentId, environment };
    const { status, startedAt, endedAt } = stack;
    await call(
      () => deploymentOf(this.env, address, at.region),
      (deployment) =>
        deployment.joinGroup({
          address,
          stack: name,
          at,
          since: startedAt ?? endedAt ?? new Date().toISOString(),
          isDeletion: status.startsWith("DELETE_"),
          ...(quietSeconds !== undefined && { quietSeconds }),
          version: RPC_VERSION,
        }),
    );
  }
}

/**
 * Tells gateways which rows of a list have changed, once a second at most. What a gateway has not acknowledged is kept as
 * the names of the rows, so that a restart loses nothing; while nobody watches nothing is kept, and nothing runs.
 */
import * as z from "zod";
import { backoffMs } from "../domain/backoff.ts";
import { SingleFlight } from "../domain/single-flight.ts";
import type { Env } from "../env.ts";
import { gatewayOf } from "../objects.ts";
import type { ListChannel } from "../protocol/connection/list-channels.ts";
import type { ListChange, ListPush } from "../protocol/rpc/list-owner.ts";
import { RPC_VERSION } from "../protocol/rpc/version.ts";
import { Rows } from "./rows.ts";

/** Kept, one row for each gateway: the mark up to which it has been reported. */
const GATEWAY = "gateway/";

/** Least time between two pushes, in milliseconds. */
const PERIOD_MS = 1_000;

/** Until a gateway that could not be reached is notified again. */
const RETRY = { baseMs: 2_000, maxMs: 60_000 };

/** Bounds of one push. */
const MOST_CHANGES = 500;
const MOST_CHARACTERS = 256 * 1024;

type Source = Readonly<{
  channel: ListChannel;
  /** A row as it is now; undefined: it is no more. */
  itemOf(name: string, now: number): object | undefined;
}>;

type Changed = { name: string; mark: number };

/** Sees to it that the alarm comes by then; one that should have come already is lost. */
export const alarmBy = async (
  storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm">,
  at: number,
  now: number,
): Promise<void> => {
  const standing = await storage.getAlarm();
  if (standing === null || standing > at || standing < now) await storage.setAlarm(at);
};

export class ListPushes {
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly source: Source;
  private readonly reported: Rows<number>;
  private readonly flight = new SingleFlight();
  /** How often each gateway has joined since the object woke. */
  private readonly joins = new Map<string, number>();
  private failures = 0;
  private sentAt = -Infinity;
  private head: number;

  constructor(ctx: DurableObjectState, env: Env, source: Source) {
    this.ctx = ctx;
    this.env = env;
    this.source = source;
    this.reported = new Rows(ctx.storage.kv, GATEWAY, z.number());
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS list_changes (name TEXT PRIMARY KEY, mark INTEGER NOT NULL) WITHOUT ROWID",
    );
    ctx.storage.sql.exec("CREATE INDEX IF NOT EXISTS list_changes_by_mark ON list_changes (mark)");
    this.head = Math.max(0, this.newest(), ...this.reported.all.values());
  }

  /** A gateway has a viewer from now on; gives the mark up to which a list has all that is read in the same turn. */
  join(gateway: string): number {
    this.joins.set(gateway, (this.joins.get(gateway) ?? 0) + 1);
    if (this.reported.get(gateway) === undefined) this.reported.put(gateway, this.head);
    return this.head;
  }

  /** A gateway says that its last viewer has left: asked whether it is so still, it is forgotten. */
  async leave(gateway: string): Promise<void> {
    const mark = this.reported.get(gateway);
    if (mark !== undefined) await this.push(gateway, this.pushOf(mark, Date.now()));
  }

  /** Rows have changed: notes it in the turn of the call, and so in the same write; gateways hear of it within a second. */
  async note(names: readonly string[]): Promise<void> {
    if (names.length === 0 || this.reported.all.size === 0) return;
    for (const name of names) {
      this.head += 1;
      this.ctx.storage.sql.exec("INSERT OR REPLACE INTO list_changes VALUES (?, ?)", name, this.head);
    }
    const now = Date.now();
    const dueIn = Math.max(0, this.sentAt + PERIOD_MS - now);
    // It stands also for what is sent at once: whoever dies meanwhile sends it then.
    await alarmBy(this.ctx.storage, now + (dueIn || PERIOD_MS), now);
    if (dueIn === 0) this.ctx.waitUntil(this.send());
  }

  /** What the object's alarm is for. */
  async send(): Promise<void> {
    await this.flight.run(() => this.sendAll());
  }

  private async sendAll(): Promise<void> {
    const now = Date.now();
    this.sentAt = now;
    const pushes = new Map<number, ListPush>();
    const behind = [...this.reported.all].filter(([, mark]) => mark < this.head);
    const taken = await Promise.all(
      behind.map(([gateway, mark]) => {
        const push = pushes.get(mark) ?? this.pushOf(mark, now);
        pushes.set(mark, push);
        return this.push(gateway, push);
      }),
    );
    this.failures = taken.includes(false) ? this.failures + 1 : 0;
    const least = Math.min(this.head, ...this.reported.all.values());
    this.ctx.storage.sql.exec("DELETE FROM list_changes WHERE mark <= ?", least);
    if (least === this.head) return;
    const waitMs = this.failures === 0 ? PERIOD_MS : backoffMs(this.failures - 1, 1, RETRY);
    await alarmBy(this.ctx.storage, now + waitMs, now);
  }

  /** All that has changed after a mark, as far as one push carries it. */
  private pushOf(after: number, now: number): ListPush {
    const changes: ListChange[] = [];
    let mark = after;
    let characters = 0;
    const rows = this.ctx.storage.sql.exec<Changed>(
      "SELECT name, mark FROM list_changes WHERE mark > ? ORDER BY mark LIMIT ?",
      after,
      MOST_CHANGES,
    );
    for (const { name, mark: its } of rows.toArray()) {
      const item = this.source.itemOf(name, now);
      const change = { name, ...(item && { item: JSON.stringify(item) }) };
      characters += name.length + (change.item?.length ?? 0);
      if (changes.length > 0 && characters > MOST_CHARACTERS) break;
      changes.push(change);
      mark = its;
    }
    const timestamp = new Date(now).toISOString();
    return { channel: this.source.channel, timestamp, after, mark, changes, version: RPC_VERSION };
  }

  /** False: the gateway could not be reached. */
  private async push(gateway: string, push: ListPush): Promise<boolean> {
    const joins = this.joins.get(gateway);
    try {
      const { viewers } = await gatewayOf(this.env, gateway).pushList(push);
      const before = this.reported.get(gateway);
      if (viewers > 0 && before !== undefined && push.mark > before) this.reported.put(gateway, push.mark);
      // It may have joined again while it answered that it has nobody.
      if (viewers === 0 && this.joins.get(gateway) === joins) this.reported.delete(gateway);
      return true;
    } catch {
      return false;
    }
  }

  private newest(): number {
    const { mark } = this.ctx.storage.sql
      .exec<{ mark: number | null }>("SELECT max(mark) AS mark FROM list_changes")
      .one();
    return mark ?? 0;
  }
}

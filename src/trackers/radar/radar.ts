/**
 * The radar of a region: keeps all of its stacks as the newest list shows them, has each operation that begins followed by
 * the stack's own tracker, and tells the board what has changed. A crash between two steps repeats the second one.
 */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Rows } from "../../channel/rows.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import {
  goneStack,
  MOST_ASKED,
  newsOf,
  reportedStack,
  type KnownStack,
  type ReportedStatus,
} from "../../domain/radar/board-row.ts";
import type { Listing } from "../../domain/radar/stack-listing.ts";
import type { SweptStack } from "../../domain/radar/swept-stack.ts";
import { boardRowSchema } from "../../protocol/stack/board.ts";
import type { Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { boardOf, call, stackTrackerOf } from "../../objects.ts";
import { logLine } from "../../log.ts";

const STACK = "stack/";

/** Kept once the first list has been taken: what is not known from then on is new. */
const SWEPT = "swept";

/** Trackers asked at the same time. */
const CONCURRENCY = 10;

/** Deleted stacks stay on the board so long, in milliseconds. */
const KEPT_MS = 7 * 86_400_000;

const knownCodec = objectOf<KnownStack>({
  row: boardRowSchema,
  mark: z.string(),
  owed: z.number().optional(),
});

type Deleted = (stackIds: ReadonlySet<string>) => Promise<Result<readonly SweptStack[], LookupFailure>>;

type Place = Readonly<{ account?: string | undefined; region: string }>;

export class Radar {
  private readonly rows: Rows<KnownStack>;
  /** Names whose rows the board may not have. After a restart nobody knows, so all of them. */
  private unreported: Set<string> | undefined;
  /** When each stack's tracker reported something last, in unix milliseconds. */
  private readonly reportedAt = new Map<string, number>();
  private takenAt = -Infinity;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly place: Place;
  private readonly deleted: Deleted;

  constructor(ctx: DurableObjectState, env: Env, place: Place, deleted: Deleted) {
    this.rows = new Rows(ctx.storage.kv, STACK, knownCodec);
    this.ctx = ctx;
    this.env = env;
    this.place = place;
    this.deleted = deleted;
  }

  /** Whether a stack of this name is on the board. */
  knows(stackName: string): boolean {
    return this.rows.get(stackName) !== undefined;
  }

  /** Takes in what a list shows, has operations followed, and tells the board. */
  async take({ takenAt, stacks }: Listing): Promise<void> {
    if (stacks.ok && takenAt > this.takenAt) {
      this.takenAt = takenAt;
      await this.note([...stacks.value.values()], takenAt);
    }
    await this.follow();
    await this.tell();
  }

  /** A tracker tells how its stack stands now, which is newer than any list. */
  async noteStatus(stackName: string, reported: ReportedStatus): Promise<void> {
    this.reportedAt.set(stackName, Date.now());
    const known = this.rows.get(stackName);
    const next = reportedStack(known, stackName, reported);
    if (!next) return;
    this.keep({ ...next, ...(known?.owed !== undefined && { owed: known.owed }) });
    await this.tell();
  }

  /** Nobody observes the region any more. */
  async forget(): Promise<void> {
    if (this.rows.all.size === 0) return;
    this.rows.clear();
    this.ctx.storage.kv.delete(SWEPT);
    this.unreported = undefined;
    await this.tell();
  }

  /** A stack that AWS shows no more is taken off the board. */
  async forgetDeleted(stackName: string): Promise<void> {
    if (this.rows.get(stackName)?.row.status !== "DELETE_COMPLETE") return;
    this.drop(stackName);
    await this.tell();
  }

  private async note(stacks: readonly SweptStack[], takenAt: number): Promise<void> {
    const { kv } = this.ctx.storage;
    const now = new Date(takenAt).toISOString();
    const newer = new Set([...this.reportedAt].filter(([, at]) => at >= takenAt).map(([name]) => name));
    const isFirst = kv.get<boolean>(SWEPT) !== true;
    const { changed, vanished } = newsOf(this.rows.all, stacks, { isFirst, now, newer });
    const gone = await this.gone(vanished, now);
    this.ctx.storage.transactionSync(() => {
      for (const known of [...changed, ...gone]) this.keep(known);
      for (const { row } of this.rows.all.values())
        if (row.status === "DELETE_COMPLETE" && Date.parse(row.endedAt ?? now) < takenAt - KEPT_MS)
          this.drop(row.stackName);
      if (isFirst) kv.put(SWEPT, true);
    });
    this.reportedAt.clear();
  }

  private async gone(vanished: readonly KnownStack[], now: string): Promise<readonly KnownStack[]> {
    if (vanished.length === 0) return [];
    const deleted = await this.deleted(new Set(vanished.map(({ row }) => row.stackId)));
    // Without the list of deleted stacks, what is not there any more is gone all the same.
    if (!deleted.ok && deleted.failure.kind !== "denied") return [];
    const found = new Map((deleted.ok ? deleted.value : []).map((stack) => [stack.stackId, stack]));
    return vanished.map((known) => goneStack(known, found.get(known.row.stackId), now));
  }

  /** Has each operation followed that is not yet. */
  private async follow(): Promise<void> {
    const owed = [...this.rows.all.values()].filter((known) => known.owed !== undefined);
    while (owed.length > 0)
      await Promise.all(owed.splice(0, CONCURRENCY).map((known) => this.followOne(known)));
  }

  private async followOne({ row: { stackName, stackId, status } }: KnownStack): Promise<void> {
    const isFollowed = await this.sight(stackName, stackId, status);
    const now = this.rows.get(stackName);
    // It may have changed while the tracker looked.
    if (now?.owed === undefined || now.row.stackId !== stackId) return;
    const { owed, ...known } = now;
    const isDone = isFollowed || owed + 1 >= MOST_ASKED;
    this.rows.put(stackName, isDone ? known : { ...known, owed: owed + 1 });
  }

  private async sight(stackName: string, stackId: string, status: string): Promise<boolean> {
    try {
      const seen = await call(
        () => stackTrackerOf(this.env, { ...this.place, stackName }),
        (tracker) => tracker.sight(stackId),
      );
      return seen.tracking || seen.status === status;
    } catch (error) {
      logLine("warn", "Stack not followed", { ...this.place, stackName, error: String(error) });
      return false;
    }
  }

  private keep(known: KnownStack): void {
    this.rows.put(known.row.stackName, known);
    this.unreported?.add(known.row.stackName);
  }

  private drop(stackName: string): void {
    this.rows.delete(stackName);
    this.unreported?.add(stackName);
  }

  /** Tells the board what it may not have; what is lost is reported again with the next change or list. */
  private async tell(): Promise<void> {
    const { unreported } = this;
    if (unreported?.size === 0) return;
    this.unreported = new Set();
    const names = unreported ?? this.rows.all.keys();
    const rows = [...names].flatMap((name) => this.rows.get(name)?.row ?? []);
    const gone = [...(unreported ?? [])].filter((name) => !this.rows.get(name));
    try {
      await call(
        () => boardOf(this.env),
        (board) => board.note({ place: this.place, rows, gone, isWhole: unreported === undefined }),
      );
    } catch (error) {
      this.unreported = unreported && new Set([...unreported, ...this.unreported]);
      logLine("warn", "Board not notified", { ...this.place, error: String(error) });
    }
  }
}

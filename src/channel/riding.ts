/**
 * Rows with keys that move with a channel's log: each goes with the log's row of the next commit, and so costs none of its own.
 * What has to be durable at once is kept in one row for all of them. A value that a crash takes away before the next commit only
 * has something done again.
 */
import * as z from "zod";
import { decoded, objectOf } from "./codec.ts";
import { deleteRows, type KeyRows } from "./rows.ts";

/** The key of the row, which holds all values as of an offset of the log. */
export const RIDING = "riding";

/** Values by their keys. */
export type RidingRows = Readonly<Record<string, unknown>>;

type Kept = Readonly<{ after: number; rows: RidingRows }>;

const keptCodec = objectOf<Kept>({ after: z.number(), rows: z.record(z.string(), z.unknown()) });

/** What a row of the log holds of them; `to`: offset of its newest event. */
type Ridden = Readonly<{ to: number; rows: RidingRows }>;

export class Riding implements KeyRows {
  private readonly known = new Map<string, unknown>();
  /** Keys whose values no row holds yet. */
  private readonly unwritten = new Set<string>();
  /** Whether the log's rows hold more than the one row. */
  private isBehind = false;
  private readonly kv: SyncKvStorage;
  private readonly offset: () => number;

  /** `offset`: of the log's newest event. */
  constructor(kv: SyncKvStorage, offset: () => number, ridden: readonly Ridden[]) {
    this.kv = kv;
    this.offset = offset;
    const stored = kv.get(RIDING);
    const { after = 0, rows = {} } =
      (stored === undefined ? undefined : decoded(keptCodec, stored, RIDING)) ?? {};
    this.take(rows);
    for (const later of ridden)
      if (later.to > after) {
        this.isBehind ||= Object.keys(later.rows).length > 0;
        this.take(later.rows);
      }
  }

  get(key: string): unknown {
    return this.known.has(key) ? this.known.get(key) : this.kv.get(key);
  }

  list({ prefix }: Readonly<{ prefix: string }>): Iterable<[string, unknown]> {
    const rows = new Map(this.kv.list({ prefix }));
    for (const [key, value] of this.known) if (key.startsWith(prefix)) rows.set(key, value);
    return [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Keeps a value at once. */
  put(key: string, value: unknown): void {
    if (!this.known.has(key)) return this.kv.put(key, value);
    this.known.set(key, value);
    this.write(this.offset(), {});
  }

  /** Keeps a value with the next commit; before the first one at once. */
  ride(key: string, value: unknown): void {
    if (this.offset() === 0) return this.put(key, value);
    if (this.known.has(key) && this.known.get(key) === value) return;
    this.known.set(key, value);
    this.unwritten.add(key);
  }

  delete(key: string): void {
    this.kv.delete(key);
    if (this.known.delete(key)) this.write(this.offset(), {});
  }

  /** Forgets all whose keys begin alike. */
  forget(prefix: string): void {
    deleteRows(this.kv, prefix);
    const keys = [...this.known.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) this.known.delete(key);
    if (keys.length > 0) this.write(this.offset(), {});
  }

  /** All storage was given up. */
  clear(): void {
    this.known.clear();
    this.unwritten.clear();
    this.isBehind = false;
  }

  /** What the next row of the log is to hold, with `rows`, which move in the same commit. */
  waiting(rows: RidingRows): RidingRows {
    return { ...Object.fromEntries([...this.unwritten].map((key) => [key, this.known.get(key)])), ...rows };
  }

  /** The log's newest row holds what waited, with `rows`. */
  rode(rows: RidingRows): void {
    this.isBehind ||= this.unwritten.size > 0 || Object.keys(rows).length > 0;
    this.take(rows);
    this.unwritten.clear();
  }

  /** Keeps all, with `rows`, as of an offset, if the one row holds less; to be called in the transaction that moves the head. */
  keep(rows: RidingRows, offset: number): void {
    if (this.isBehind || this.unwritten.size > 0 || Object.keys(rows).length > 0) this.store(rows, offset);
  }

  /** The transaction of `keep` has ended well. */
  kept(rows: RidingRows): void {
    this.take(rows);
    this.unwritten.clear();
    this.isBehind = false;
  }

  private write(offset: number, rows: RidingRows): void {
    this.store(rows, offset);
    this.kept(rows);
  }

  private store(rows: RidingRows, after: number): void {
    this.kv.put<Kept>(RIDING, { after, rows: { ...Object.fromEntries(this.known), ...rows } });
  }

  private take(rows: RidingRows): void {
    for (const [key, value] of Object.entries(rows)) this.known.set(key, value);
  }
}

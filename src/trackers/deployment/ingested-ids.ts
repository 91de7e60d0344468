/**
 * The ids of an orchestrator's events, by which one that comes again is known. They are kept in two generations: once
 * the younger is full or old, the older is forgotten as a whole, so that no request looks through all of them.
 */
/** A generation is closed once it holds so many ids, or is so old, in milliseconds. */
const FULL = 10_000;
const OLD_MS = 7 * 24 * 3_600_000;

/** Kept by whoever keeps the ids, in the same transaction. Times in Unix milliseconds. */
export type Generations = Readonly<{
  newest: number;
  /** Of the newest one: its ids, and when it began. */
  count: number;
  since: number;
  /** No id that was taken later is forgotten; absent: none is. */
  forgottenUntil?: number;
}>;

export class IngestedIds {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** Those that are known: asked for all at once, as each question costs more than its answer. */
  among(ids: readonly string[], generations: Generations | undefined): ReadonlySet<string> {
    if (!generations || ids.length === 0) return new Set();
    const { newest } = generations;
    const found = this.sql.exec<{ id: string }>(
      "SELECT id FROM ingested WHERE generation IN (?, ?) AND id IN (SELECT value FROM json_each(?))",
      newest,
      newest - 1,
      JSON.stringify(ids),
    );
    return new Set(found.toArray().map(({ id }) => id));
  }

  /** Keeps ids that are not known, and gives what is to be kept with them. */
  keep(ids: readonly string[], before: Generations | undefined, now: number): Generations | undefined {
    if (ids.length === 0) return before;
    if (!before) this.create();
    const { count, ...generations } = this.open(before ?? { newest: 1, count: 0, since: now }, now);
    this.sql.exec(
      "INSERT INTO ingested (generation, id) SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
      generations.newest,
      JSON.stringify(ids),
    );
    return { ...generations, count: count + ids.length };
  }

  /** What is to be kept with the ids, as the table tells it, for when that cannot be read; undefined: there are none. */
  generations(): Generations | undefined {
    const tables = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'ingested'").toArray();
    if (tables.length === 0) return undefined;
    const [newest] = this.sql.exec<{ newest: number; count: number }>(
      "SELECT generation AS newest, count(*) AS count FROM ingested GROUP BY generation ORDER BY generation DESC LIMIT 1",
    );
    // When it began is known no more: it lasts at most until it is full.
    return newest && { ...newest, since: Date.now() };
  }

  /** Creates the table; again does no harm. */
  create(): void {
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS ingested (generation INTEGER NOT NULL, id TEXT NOT NULL," +
        " PRIMARY KEY (generation, id)) WITHOUT ROWID",
    );
  }

  private open(before: Generations, now: number): Generations {
    const { newest, count, since } = before;
    if (count < FULL && now - since < OLD_MS) return before;
    const dropped = this.sql.exec("DELETE FROM ingested WHERE generation < ?", newest);
    const forgotten = dropped.rowsWritten > 0 ? { forgottenUntil: since } : before;
    return { ...forgotten, newest: newest + 1, count: 0, since: now };
  }
}

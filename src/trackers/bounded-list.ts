/**
 * Lists of many rows, a page at a time: no question reads more rows than `MOST_READ`, however many there are. Where that does
 * not fill a page, the page is short and says where it goes on.
 */
import { pageCursorOf } from "../page-cursor.ts";

/** Rows that one question reads at most, and those that are gathered by name before they are sorted by time. */
const MOST_READ = 1_000;
const MOST_GATHERED = 500;

/** A row's place in the order of the list: its time, and its name where times are equal. */
type ListKey = readonly [time: string, ...name: string[]];

type Reading<Row, Item> = Readonly<{
  limit: number;
  /** Where the page before ended. */
  before: ListKey;
  keyOf: (row: Row) => ListKey;
  /** Undefined: the row is not wanted, or hidden from who asks. */
  itemOf: (row: Row) => Item | undefined;
}>;

/** Rows are read as they are asked for, in the order of the list: the rest of them costs nothing. */
export const boundedPage = <Row, Item>(
  rows: Iterable<Row>,
  { limit, before, keyOf, itemOf }: Reading<Row, Item>,
): { items: Item[]; nextCursor?: string } => {
  const items: Item[] = [];
  let read = 0;
  let lastItem = before;
  let [last] = before;
  for (const row of rows) {
    const key = keyOf(row);
    // A cursor tells a time, and no name that is hidden: of one moment all are read.
    if (read >= MOST_READ && key[0] !== last)
      return { items, nextCursor: pageCursorOf([last, ...before.slice(1).map(() => "")]) };
    read += 1;
    [last] = key;
    const item = itemOf(row);
    if (item === undefined) continue;
    if (items.length === limit) return { items, nextCursor: pageCursorOf(lastItem) };
    items.push(item);
    lastItem = key;
  }
  return { items };
};

/** Whether a row stands after a place in a list: the newest comes first. */
export const isAfter = (key: ListKey, before: ListKey): boolean => {
  const at = key.findIndex((part, index) => part !== before[index]);
  return at !== -1 && key[at]! < before[at]!;
};

/** A table, the columns that are wanted of it, and the one that the ranges are of, which an index begins with. */
type Source = Readonly<{ table: string; columns: string; name: string }>;

/** The rows whose names are in ranges that do not overlap; undefined: there are too many of them to be sorted. */
export const rowsWithin = <Row extends Record<string, SqlStorageValue>>(
  sql: SqlStorage,
  { table, columns, name }: Source,
  ranges: readonly Readonly<{ from: string; to: string }>[],
): readonly Row[] | undefined => {
  let left = MOST_GATHERED + 1;
  for (const { from, to } of ranges) {
    const { count } = sql
      .exec<{
        count: number;
      }>(
        `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} WHERE ${name} >= ? AND ${name} < ? LIMIT ?)`,
        from,
        to,
        left,
      )
      .one();
    left -= count;
    if (left <= 0) return undefined;
  }
  return ranges.flatMap(({ from, to }) =>
    sql.exec<Row>(`SELECT ${columns} FROM ${table} WHERE ${name} >= ? AND ${name} < ?`, from, to).toArray(),
  );
};

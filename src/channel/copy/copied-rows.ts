/**
 * All that an object has stored, in parts that a call can carry: read in the order of its keys, and put where an object has
 * nothing of its own. If something is appended between two parts, the reader begins again.
 */
import * as z from "zod";
import type { Failure } from "../../protocol/failure.ts";
import type { StoredPart } from "../../protocol/rpc/kept-object.ts";
import { HEAD } from "../channel-log.ts";
import { EventLog } from "../event-log.ts";
import { RIDING } from "../riding.ts";
import { jsonOfValue, valueOfJson } from "./copied-value.ts";

type Storage = Pick<DurableObjectStorage, "kv" | "sql" | "transactionSync">;

/** What of an object's storage is worth keeping elsewhere. */
export type KeptRows = Readonly<{
  /** Beside all rows with keys. */
  tables: readonly string[];
  /** Writes in rows of their own, before all is read, what the log alone holds. */
  settle?: () => void;
  /** Makes tables that are made only when they are needed. */
  prepare?: (sql: SqlStorage) => void;
  /** The object is put in place as a whole, and into nothing that is there; absent: what is there stays, row by row. */
  isWhole?: true;
}>;

/** What of an export an object has. */
const IMPORTED = "imported";
const importedSchema = z.object({ exportId: z.string(), parts: z.number(), isDone: z.boolean() });

/** Keys of rows that mean something in their own install only: gateways with viewers, work that is cut off. */
const LOCAL = [/^gateway\//, /^deleting$/, /^retention$/, /^imported$/];
const isLocal = (key: string): boolean => LOCAL.some((pattern) => pattern.test(key));

/** Characters of a part; one row may have more. */
const MOST_CHARACTERS = 1_000_000;

const sqlValue = z.union([z.string(), z.number(), z.null()]);

const placeSchema = z.object({
  part: z.number(),
  version: z.string(),
  kv: z.string().optional(),
  table: z.string().optional(),
  key: z.array(sqlValue).optional(),
});

type Place = z.infer<typeof placeSchema>;

const storedSchema = z.object({
  kv: z.array(z.tuple([z.string().min(1).max(2_048), z.unknown()])),
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()), rows: z.array(z.array(sqlValue)) }),
  ),
});

type Stored = z.infer<typeof storedSchema>;

const headSchema = z.looseObject({ epoch: z.string(), offset: z.number() });

/** Of which head and log it is: what is appended between two parts would leave a log without its state. */
const versionOf = ({ kv, sql }: Storage): string => {
  const { data } = headSchema.safeParse(kv.get(HEAD));
  return data ? `${data.epoch}:${Math.max(data.offset, new EventLog(sql, false).bounds().last)}` : "";
};

const ridingSchema = z.looseObject({ rows: z.record(z.string(), z.unknown()) });

/** A far end of another install does not know that this object waits for it. */
const withoutPause = (value: unknown): unknown => {
  const { data } = z.looseObject({ offset: z.number(), paused: z.literal(true) }).safeParse(value);
  return data ? { offset: data.offset, failures: 0 } : value;
};

/** The same of a row as it is stored. */
const withoutPauses = (key: string, value: unknown): unknown => {
  const { data } = key === RIDING ? ridingSchema.safeParse(value) : {};
  if (!data) return withoutPause(value);
  const rows = Object.entries(data.rows).map(([name, one]) => [name, withoutPause(one)]);
  return { ...data, rows: Object.fromEntries(rows) };
};

const columnsOf = (sql: SqlStorage, table: string) => {
  const columns = sql.exec<{ name: string; pk: number }>(`PRAGMA table_info(${table})`).toArray();
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
  return { all: columns.map(({ name }) => name), key: key.map(({ name }) => name) };
};

/** One part of what is stored, from a place that the part before named; absent: from the beginning. */
export const storedPartOf = (storage: Storage, { tables }: KeptRows, from?: string): StoredPart => {
  const version = versionOf(storage);
  const asked = from === undefined ? undefined : placeSchema.safeParse(JSON.parse(from)).data;
  const place: Place = asked?.version === version ? asked : { part: 0, version };
  const stored: Stored = { kv: [], tables: [] };
  let room = MOST_CHARACTERS;
  const full = (next: Omit<Place, "part" | "version">): StoredPart => ({
    part: place.part,
    stored: JSON.stringify(stored),
    next: JSON.stringify({ part: place.part + 1, version, ...next }),
  });
  if (place.table === undefined)
    for (const [key, value] of storage.kv.list(place.kv === undefined ? {} : { startAfter: place.kv })) {
      if (isLocal(key)) continue;
      const json = jsonOfValue(withoutPauses(key, value));
      stored.kv.push([key, json]);
      room -= JSON.stringify(json).length;
      if (room <= 0) return full({ kv: key });
    }
  for (const name of tables.slice(place.table === undefined ? 0 : tables.indexOf(place.table))) {
    const columns = columnsOf(storage.sql, name);
    if (columns.all.length === 0) continue;
    const rows: z.infer<typeof sqlValue>[][] = [];
    const keyText = columns.key.join(", ");
    const after = place.table === name ? place.key : undefined;
    const where = after ? `WHERE (${keyText}) > (${after.map(() => "?").join(", ")})` : "";
    stored.tables.push({ name, columns: columns.all, rows });
    for (const row of storage.sql.exec<Record<string, string | number | null>>(
      `SELECT * FROM ${name} ${where} ORDER BY ${keyText}`,
      ...(after ?? []),
    )) {
      const values = columns.all.map((column) => row[column] ?? null);
      rows.push(values);
      room -= JSON.stringify(values).length;
      if (room <= 0) return full({ table: name, key: columns.key.map((column) => row[column] ?? null) });
    }
  }
  return { part: place.part, stored: JSON.stringify(stored) };
};

const invalid = (message: string): Failure => ({ code: "INVALID_REQUEST", message });

const taken: Failure = {
  code: "ALREADY_THERE",
  message:
    "There is something of this name already: delete it first, or import into an install that is empty",
};

/** Puts a part in its place; again changes nothing. Undefined: it is there. */
export const putStoredPart = (
  storage: Storage,
  { tables, prepare, isWhole }: KeptRows,
  exportId: string,
  { part, stored, next }: StoredPart,
): Failure | undefined => {
  const parsed = storedSchema.safeParse(JSON.parse(stored));
  if (!parsed.success) return invalid("stored: is not what an export holds");
  const before = importedSchema.safeParse(storage.kv.get(IMPORTED)).data;
  const imported = before?.exportId === exportId ? before : undefined;
  if (imported?.isDone) return undefined;
  if (isWhole && !imported && [...storage.kv.list()].some(([key]) => !isLocal(key))) return taken;
  if (part > 0 && part > (imported?.parts ?? 0)) return invalid("part: those before it are missing");
  prepare?.(storage.sql);
  const unknown = parsed.data.tables.find(({ name, columns }) => {
    const known = tables.includes(name) ? columnsOf(storage.sql, name).all : [];
    return !columns.every((column) => known.includes(column)) || columns.length === 0;
  });
  if (unknown) return invalid(`tables: ${unknown.name} is not one of this release`);
  const values = parsed.data.kv.map(([key, json]) => [key, valueOfJson(json)] as const);
  storage.transactionSync(() => {
    if (isWhole && part === 0) {
      for (const [key] of storage.kv.list()) storage.kv.delete(key);
      for (const table of tables)
        if (columnsOf(storage.sql, table).all.length > 0) storage.sql.exec(`DELETE FROM ${table}`);
    }
    for (const [key, value] of values)
      if (!isLocal(key) && (isWhole || storage.kv.get(key) === undefined)) storage.kv.put(key, value);
    for (const { name, columns, rows } of parsed.data.tables)
      for (const row of rows)
        storage.sql.exec(
          `INSERT OR IGNORE INTO ${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          ...columns.map((_, index) => row[index] ?? null),
        );
    storage.kv.put(IMPORTED, { exportId, parts: part + 1, isDone: next === undefined });
  });
  return undefined;
};

/** Has a person forgotten in all that an object has stored, in one transaction. */
import { withoutSubject } from "../../domain/forgotten.ts";
import type { KeptRows } from "./copied-rows.ts";

type Storage = Pick<DurableObjectStorage, "kv" | "sql" | "transactionSync">;
type SqlRow = Record<string, string | number | null>;

const keyOf = (sql: SqlStorage, table: string): readonly string[] =>
  sql
    .exec<{ name: string; pk: number }>(`PRAGMA table_info(${table})`)
    .toArray()
    .filter(({ pk }) => pk > 0)
    .map(({ name }) => name);

/** Tells how often the name was there. */
export const forgetInRows = (storage: Storage, { tables }: KeptRows, subject: string): number =>
  storage.transactionSync(() => {
    let count = 0;
    for (const [key, value] of Array.from(storage.kv.list())) {
      const found = withoutSubject(value, subject);
      if (found.count > 0) storage.kv.put(key, found.value);
      count += found.count;
    }
    for (const table of tables) {
      const keys = keyOf(storage.sql, table);
      if (keys.length === 0) continue;
      for (const row of storage.sql.exec<SqlRow>(`SELECT * FROM ${table}`).toArray()) {
        for (const [column, text] of Object.entries(row)) {
          if (typeof text !== "string" || keys.includes(column)) continue;
          const found = withoutSubject(text, subject);
          if (found.count === 0) continue;
          count += found.count;
          storage.sql.exec(
            `UPDATE ${table} SET ${column} = ? WHERE ${keys.map((one) => `${one} = ?`).join(" AND ")}`,
            String(found.value),
            ...keys.map((one) => row[one] ?? null),
          );
        }
      }
    }
    return count;
  });

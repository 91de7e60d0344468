/**
 * Which request each Idempotency-Key was used for, over all stacks: a key used for two requests would otherwise be
 * noticed only if both are about the same stack. Holds digests only.
 */
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

/** How long a key is remembered, in milliseconds. */
export const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

export const keyReused: Failure = {
  code: "IDEMPOTENCY_KEY_REUSED",
  message: "The Idempotency-Key was used for another request: take a new one",
};

export class CanvasClaims {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS canvas_claims (id TEXT PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS canvas_claims_by_time ON canvas_claims (at)");
  }

  /** Notes the key's request; again does no harm. Fails if the key was used for another. */
  claim(id: string, digest: string, now: number): Result<null, Failure> {
    this.sql.exec("DELETE FROM canvas_claims WHERE at <= ?", now - KEY_LIFETIME_MS);
    this.sql.exec("INSERT INTO canvas_claims VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, digest, now);
    const kept = this.sql.exec<{ digest: string }>("SELECT digest FROM canvas_claims WHERE id = ?", id).one();
    return kept.digest === digest ? success(null) : failed(keyReused);
  }
}

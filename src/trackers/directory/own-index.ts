/**
 * How Stackcast does itself, as its objects report it: what they have done this month, which alarms were late, and how many
 * viewers each gateway holds.
 */
import type { OwnCounts } from "../../protocol/rpc/own-counts.ts";

/** Late alarms are remembered so long, and a gateway that says nothing, in milliseconds. */
const LATE_KEPT_MS = 86_400_000;
const GATEWAY_KEPT_MS = 7 * 86_400_000;

const MONTHS_KEPT = 13;

/** `month`: `2025-10`. */
type MonthCounts = Readonly<{ month: string; alarms: number; rows: number }>;

export type OwnView = Readonly<{
  months: readonly MonthCounts[];
  lateAlarms: number;
  worstLateMs: number;
  gateways: readonly Readonly<{ name: string; sockets: number }>[];
  /** Objects that are at work. */
  active: number;
}>;

export class OwnIndex {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS own_months (month TEXT PRIMARY KEY, alarms INTEGER NOT NULL, rows INTEGER NOT NULL) WITHOUT ROWID",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS own_late (hour TEXT PRIMARY KEY, count INTEGER NOT NULL, worst INTEGER NOT NULL) WITHOUT ROWID",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS gateways (name TEXT PRIMARY KEY, sockets INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  note({ alarms, rows, lateAlarms, worstLateMs }: OwnCounts, now: number): void {
    const time = new Date(now).toISOString();
    this.sql.exec(
      "INSERT INTO own_months VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET alarms = alarms + excluded.alarms, rows = rows + excluded.rows",
      time.slice(0, 7),
      alarms,
      rows,
    );
    this.sql.exec(
      "DELETE FROM own_months WHERE month NOT IN (SELECT month FROM own_months ORDER BY month DESC LIMIT ?)",
      MONTHS_KEPT,
    );
    if (lateAlarms === 0) return;
    this.sql.exec(
      "INSERT INTO own_late VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count, worst = max(worst, excluded.worst)",
      time.slice(0, 13),
      lateAlarms,
      worstLateMs,
    );
    this.sql.exec("DELETE FROM own_late WHERE hour < ?", hourOf(now - LATE_KEPT_MS));
  }

  noteGateway(name: string, sockets: number, now: number): void {
    if (sockets === 0) this.sql.exec("DELETE FROM gateways WHERE name = ?", name);
    else
      this.sql.exec(
        "INSERT INTO gateways VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sockets = excluded.sockets, at = excluded.at",
        name,
        sockets,
        now,
      );
  }

  view(now: number): OwnView {
    const late = this.sql
      .exec<{ count: number | null; worst: number | null }>(
        "SELECT sum(count) AS count, max(worst) AS worst FROM own_late WHERE hour >= ?",
        hourOf(now - LATE_KEPT_MS),
      )
      .one();
    return {
      active: this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM active").one().count,
      months: this.sql
        .exec<{ month: string; alarms: number; rows: number }>("SELECT * FROM own_months ORDER BY month")
        .toArray(),
      lateAlarms: late.count ?? 0,
      worstLateMs: late.worst ?? 0,
      gateways: this.sql
        .exec<{ name: string; sockets: number }>(
          "SELECT name, sockets FROM gateways WHERE at >= ? ORDER BY name",
          now - GATEWAY_KEPT_MS,
        )
        .toArray(),
    };
  }
}

const hourOf = (time: number): string => new Date(time).toISOString().slice(0, 13);

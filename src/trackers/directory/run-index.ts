/**
 * The newest run of every deployment, as a table of the directory: newest first, a page at a time. What a page shows is
 * as the deployments told it; only how long a run has lasted is computed when asked for.
 */
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import { decodedText } from "../../channel/codec.ts";
import { badCursor, cursorOf, keyIn } from "../../channel/page-cursor.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import {
  runSummarySchema,
  type DeploymentList,
  type DeploymentQuery,
  type RunSummary,
} from "../../protocol/deployment/deployment-requests.ts";

/** Where a page ended: the key of its last row. */
const cursorSchema = z.tuple([z.string(), z.string(), z.string()]);

type Key = z.infer<typeof cursorSchema>;

/** After every key that there is: times are digits. */
const NEWEST: Key = ["~", "", ""];

type Row = { summary: string };

/** The deployments of a JSON list of ids, each looked up; a cross join is walked in the order in which it is written. */
const NAMED = "json_each(?) AS named CROSS JOIN runs ON runs.deployment_id = named.value";

/**
 * The ids of all deployments that the patterns can cover, where they name them; undefined where some have a star: how many
 * those are nobody knows, and to walk from the newest on is better where they are many.
 */
const idsIn = (patterns: readonly string[]): readonly string[] | undefined => {
  const covering = patterns
    .map((pattern) => pattern.split("/"))
    .filter(([kind = ""]) => kind === "deployments" || kind.includes("*"));
  return covering.some(([kind = "", id = ""]) => `${kind}${id}`.includes("*"))
    ? undefined
    : [...new Set(covering.map(([, id = ""]) => id))];
};

export class RunIndex {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS runs (deployment_id TEXT NOT NULL, environment TEXT NOT NULL, start_time TEXT NOT NULL," +
        " status TEXT NOT NULL, position INTEGER NOT NULL, summary TEXT NOT NULL," +
        " PRIMARY KEY (deployment_id, environment)) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS runs_by_age ON runs (start_time, deployment_id, environment)");
  }

  /** Keeps what a deployment says of its newest run as of an offset; what comes late or again changes nothing. */
  note(summary: RunSummary, offset: number): void {
    const { deploymentId, environment, startTime, status } = summary;
    this.sql.exec(
      "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET start_time = excluded.start_time," +
        " status = excluded.status, position = excluded.position, summary = excluded.summary" +
        " WHERE excluded.position > position",
      deploymentId,
      environment,
      startTime,
      status,
      offset,
      JSON.stringify(summary),
    );
  }

  /** One page of what was asked for, as far as the patterns of channels cover it; absent: all. `now`: Unix milliseconds. */
  list(
    { environment, status, cursor, limit }: DeploymentQuery,
    patterns: string[] | undefined,
    now: number,
  ): Result<DeploymentList, Failure> {
    const before = cursor === undefined ? NEWEST : keyIn(cursor, cursorSchema);
    if (!before) return failed(badCursor);
    const ids = patterns && idsIn(patterns);
    const rows = this.sql.exec<Row>(
      `SELECT summary FROM ${ids ? NAMED : "runs"} WHERE (start_time, deployment_id, environment) < (?, ?, ?)` +
        " AND environment = coalesce(?, environment) AND status = coalesce(?, status)" +
        " ORDER BY start_time DESC, deployment_id DESC, environment DESC",
      ...(ids ? [JSON.stringify(ids)] : []),
      ...before,
      environment ?? null,
      status ?? null,
    );
    const items: RunSummary[] = [];
    // Rows are read as they are asked for: the rest of the table costs nothing.
    for (const { summary } of rows) {
      const run = decodedText(runSummarySchema, summary, "runs");
      if (!run) continue;
      if (patterns && !mayRead({ channels: patterns }, `deployments/${run.deploymentId}/${run.environment}`))
        continue;
      if (items.length === limit) return success({ items, nextCursor: cursorOf(keyOf(items.at(-1)!)) });
      items.push(lastingUntil(now, run));
    }
    return success({ items });
  }
}

const keyOf = ({ startTime, deploymentId, environment }: RunSummary): Key => [
  startTime,
  deploymentId,
  environment,
];

const lastingUntil = (now: number, run: RunSummary): RunSummary =>
  run.endTime === undefined
    ? { ...run, durationSeconds: Math.max(0, now - Date.parse(run.startTime)) / 1000 }
    : run;

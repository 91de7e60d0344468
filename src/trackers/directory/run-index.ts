/**
 * The newest run of every deployment, as a table of the directory: newest first, a page at a time. What a page shows is
 * as the deployments reported it; only how long a run has lasted is computed when asked for.
 */
import * as z from "zod";
import { coveringOf, type Covering } from "../../auth/pattern-cover.ts";
import { mayRead } from "../../auth/rights.ts";
import { decodedText } from "../../channel/codec.ts";
import { badCursor, keyIn } from "../../page-cursor.ts";
import { isRunWanted } from "../../domain/deployment/run-filter.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { deploymentStates } from "../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import {
  runSummarySchema,
  type DeploymentList,
  type DeploymentQuery,
  type RunSummary,
} from "../../protocol/deployment/deployment-requests.ts";
import { boundedPage, isAfter, rowsWithin } from "../bounded-list.ts";

/** Where a page ended: the key of its last row. */
const cursorSchema = z.tuple([z.string(), z.string(), z.string()]);

type Key = z.infer<typeof cursorSchema>;

/** Few have these at any time: they are found by their index, wherever they stand in time. */
const RUNNING = deploymentStates.filter((status) => !hasRunEnded(status));

/** After every key that there is: times are digits. */
const NEWEST: Key = ["~", "", ""];

type Row = {
  summary: string;
  start_time: string;
  deployment_id: string;
  environment: string;
  status: string;
};

const COLUMNS = "summary, start_time, deployment_id, environment, status";
const ORDER = "start_time DESC, deployment_id DESC, environment DESC";

/** Each filter that names one value has the order within it, and so do both together. */
const INDEXES = {
  runs_by_age: "start_time, deployment_id, environment",
  runs_of_status: "status, start_time, deployment_id, environment",
  runs_of_environment: "environment, start_time, deployment_id",
  runs_of_both: "environment, status, start_time, deployment_id",
};

/** What rights to a deployment hang on: its channel's name does not tell where the id ends. */
export const nameOfRun = ({ deploymentId, environment }: DeploymentAddress): string =>
  `deployments/${deploymentId}/${environment}`;

export class RunIndex {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS runs (deployment_id TEXT NOT NULL, environment TEXT NOT NULL, start_time TEXT NOT NULL," +
        " status TEXT NOT NULL, position INTEGER NOT NULL, summary TEXT NOT NULL," +
        " PRIMARY KEY (deployment_id, environment)) WITHOUT ROWID",
    );
    for (const [name, columns] of Object.entries(INDEXES))
      sql.exec(`CREATE INDEX IF NOT EXISTS ${name} ON runs (${columns})`);
  }

  /** Keeps what a deployment says of its newest run as of an offset; false: it came late or again, and changes nothing. */
  note(summary: RunSummary, offset: number): boolean {
    const { deploymentId, environment, startTime, status } = summary;
    const { rowsWritten } = this.sql.exec(
      "INSERT INTO runs (deployment_id, environment, start_time, status, position, summary) VALUES (?, ?, ?, ?, ?, ?)" +
        " ON CONFLICT DO UPDATE SET start_time = excluded.start_time," +
        " status = excluded.status, position = excluded.position, summary = excluded.summary" +
        " WHERE excluded.position > position",
      deploymentId,
      environment,
      startTime,
      status,
      offset,
      JSON.stringify(summary),
    );
    return rowsWritten > 0;
  }

  /** The newest run of the deployment of a name; undefined: there is none. */
  find(name: string, now: number): RunSummary | undefined {
    const [, deploymentId = "", environment = ""] = name.split("/");
    const [row] = this.sql.exec<Row>(
      `SELECT ${COLUMNS} FROM runs WHERE deployment_id = ? AND environment = ?`,
      deploymentId,
      environment,
    );
    const run = row && decodedText(runSummarySchema, row.summary, "runs");
    return run && lastingUntil(now, run);
  }

  /** A deployment is no more; again does no harm. */
  forget({ deploymentId, environment }: DeploymentAddress): void {
    this.sql.exec("DELETE FROM runs WHERE deployment_id = ? AND environment = ?", deploymentId, environment);
  }

  /** Deployments in the order of their names, after one. */
  after([deploymentId, environment]: readonly [string, string], limit: number): readonly DeploymentAddress[] {
    return this.sql
      .exec<{ deploymentId: string; environment: string }>(
        "SELECT deployment_id AS deploymentId, environment FROM runs WHERE (deployment_id, environment) > (?, ?)" +
          " ORDER BY deployment_id, environment LIMIT ?",
        deploymentId,
        environment,
        limit,
      )
      .toArray();
  }

  /** One page of what was asked for, as far as the patterns of channels cover it; absent: all. `now`: Unix milliseconds. */
  list(
    { environment, status, is, q, cursor, limit }: DeploymentQuery,
    patterns: string[] | undefined,
    now: number,
  ): Result<DeploymentList, Failure> {
    const before = cursor === undefined ? NEWEST : keyIn(cursor, cursorSchema);
    if (!before) return failed(badCursor);
    const covering = patterns && coveringOf(patterns);
    const wanted = {
      environment: environment ?? covering?.environment,
      statuses: status === undefined ? (is === "running" ? RUNNING : undefined) : [status],
    };
    const page = boundedPage(this.rows(covering, before, wanted), {
      limit,
      before,
      keyOf,
      itemOf: ({ summary, deployment_id: deploymentId, environment: within }) => {
        const name = nameOfRun({ deploymentId, environment: within });
        if (patterns && !mayRead({ channels: patterns }, name)) return undefined;
        const run = decodedText(runSummarySchema, summary, "runs");
        return run && isRunWanted(run, { is, q }) ? lastingUntil(now, run) : undefined;
      },
    });
    return success(page);
  }

  /** Newest first. Where patterns cover few deployments these are looked up; else all are walked in the order of time. */
  private rows(
    covering: Covering | undefined,
    before: Key,
    wanted: Readonly<{ environment: string | undefined; statuses: readonly string[] | undefined }>,
  ): Iterable<Row> {
    const { environment, statuses } = wanted;
    const few =
      covering &&
      rowsWithin<Row>(this.sql, { table: "runs", columns: COLUMNS, name: "deployment_id" }, covering.ids);
    if (few)
      return few
        .filter(
          (row) =>
            isAfter(keyOf(row), before) &&
            row.environment === (environment ?? row.environment) &&
            (statuses?.includes(row.status) ?? true),
        )
        .sort((one, other) => (isAfter(keyOf(one), keyOf(other)) ? 1 : -1));
    const conditions = [
      "(start_time, deployment_id, environment) < (?, ?, ?)",
      ...(environment === undefined ? [] : ["environment = ?"]),
      ...(statuses === undefined ? [] : [`status IN (${statuses.map(() => "?").join()})`]),
    ];
    return this.sql.exec<Row>(
      `SELECT ${COLUMNS} FROM runs WHERE ${conditions.join(" AND ")} ORDER BY ${ORDER}`,
      ...before,
      ...(environment === undefined ? [] : [environment]),
      ...(statuses ?? []),
    );
  }
}

const keyOf = ({ start_time, deployment_id, environment }: Row): Key => [
  start_time,
  deployment_id,
  environment,
];

const lastingUntil = (now: number, run: RunSummary): RunSummary =>
  run.endTime === undefined
    ? { ...run, durationSeconds: Math.max(0, now - Date.parse(run.startTime)) / 1000 }
    : run;

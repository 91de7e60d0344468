/** The deployments that there are, as a table or for programs. */
import { wordOfStatus } from "../../domain/words/status-words.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { answered, asking } from "../asking.ts";
import type { ListOptions } from "../commands/list.ts";
import { durationText } from "../../domain/words/durations.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";
import { gathered } from "./gathered.ts";

/** As many as an answer holds. */
const PAGE = 100;

const BAD: ReadonlySet<RunSummary["status"]> = new Set<RunSummary["status"]>([
  "failed",
  "rolled_back",
  "cancelled",
]);

/** A run in a line. */
export const runsTable = (runs: readonly RunSummary[], withNames: boolean): string[] =>
  tableLines<RunSummary>(
    [
      ...(withNames
        ? [
            { heading: "deployment", of: (run: RunSummary) => run.deploymentId },
            { heading: "environment", of: (run: RunSummary) => run.environment },
          ]
        : []),
      { heading: "run", of: ({ run }) => String(run), isNumber: true },
      { heading: "status", of: ({ status }) => wordOfStatus(status) },
      { heading: "done", of: ({ progressPercent }) => `${progressPercent}%`, isNumber: true },
      {
        heading: "stacks",
        of: ({ deployedStacks, skippedStacks, totalStacks }) =>
          `${deployedStacks + skippedStacks}/${totalStacks}`,
        isNumber: true,
      },
      {
        heading: "failed",
        of: ({ failedStacks }) => (failedStacks > 0 ? String(failedStacks) : ""),
        isNumber: true,
      },
      { heading: "started", of: ({ startTime }) => startTime.replace(/\.\d+Z$/, "Z") },
      { heading: "took", of: ({ durationSeconds }) => durationText(durationSeconds), isNumber: true },
      { heading: "by", of: ({ user = "" }) => user },
    ],
    runs,
  );

/** `stackcast list`. */
export const list = (options: ListOptions, surroundings: Surroundings): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { deployments }) => {
    const { environment, status: wanted, limit } = options;
    const found = await gathered<RunSummary>({ limit, most: PAGE }, (page) =>
      deployments.list({
        ...(environment !== undefined && { environment }),
        ...(wanted !== undefined && { status: wanted as RunSummary["status"] }),
        ...page,
      }),
    );
    return answered(
      found,
      {
        lines: ({ items }) => (items.length === 0 ? ["There are no deployments."] : runsTable(items, true)),
        problems: ({ items }) => {
          const bad = items.filter(({ status }) => BAD.has(status));
          return bad.length === 0 ? [] : runsTable(bad, true);
        },
        items: ({ items }) => items,
      },
      options.output,
      surroundings,
    );
  });

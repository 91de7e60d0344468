/** The documents that a run can be saved as: their names, and their texts. */
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { csvOfEvents, csvOfResources } from "./csv.ts";
import { markdownOf } from "./markdown.ts";
import type { RunEvents } from "./run-events.ts";

export type ExportedDocument = Readonly<{ name: string; type: string; text: string }>;

type RunName = Pick<DeploymentProgress, "deploymentId" | "environment" | "run">;

/** `shop-prod-run3.json`: ids and environments hold nothing that a file's name may not. */
export const fileNameOf = ({ deploymentId, environment, run }: RunName, ending: string): string =>
  `${deploymentId}-${environment}-run${run}.${ending}`;

/** All that is known of a run, for other programs. */
export const jsonDocument = (
  progress: DeploymentProgress,
  { events, isWhole }: RunEvents,
  exportedAt: string,
): ExportedDocument => ({
  name: fileNameOf(progress, "json"),
  type: "application/json",
  text: `${JSON.stringify({ version: 1, exportedAt, deployment: progress, isWhole, events }, undefined, 2)}\n`,
});

export const eventsDocument = (run: RunName, { events }: RunEvents): ExportedDocument => ({
  name: fileNameOf(run, "events.csv"),
  type: "text/csv;charset=utf-8",
  text: csvOfEvents(events),
});

export const resourcesDocument = (state: DeploymentState): ExportedDocument => ({
  name: fileNameOf(state, "resources.csv"),
  type: "text/csv;charset=utf-8",
  text: csvOfResources(state),
});

export const markdownDocument = (progress: DeploymentProgress, now: number): ExportedDocument => ({
  name: fileNameOf(progress, "md"),
  type: "text/markdown;charset=utf-8",
  text: markdownOf(progress, now),
});

/** The lines that every display has: its title, how far the whole is, and how fresh what it shows is. */
import { secondsBetween } from "../../domain/elapsed.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { countText, durationText, estimateText } from "../../domain/words/durations.ts";
import { etaTextAt } from "../../domain/words/estimate-words.ts";
import { line, piece, type Line } from "./text/line.ts";
import type { Contact } from "./scene.ts";
import { wayBackText } from "../../domain/words/record-words.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import { capitalised, hasRunEnded } from "../../domain/words/status-words.ts";
import { DEPLOYMENT_TITLES } from "./status-mark.ts";

/** How long a note of a connection that has come back stays. */
const REGAINED_MS = 10_000;

/** `D1BRV40 to dev`, or as one word. */
export const titleLine = (progress: DeploymentProgress, asOneWord: boolean): Line => {
  const { deploymentId, environment, status, run } = progress;
  const { symbol, tone, verb, preposition } = DEPLOYMENT_TITLES[status];
  const name = asOneWord ? `${deploymentId}-${environment}` : `${deploymentId} ${preposition} ${environment}`;
  const text = `${symbol === "" ? "" : `${symbol} `}${verb} ${name}${hasRunEnded(status) ? "" : "..."}`;
  return line(piece(text, tone), piece(run > 1 ? `  run ${run}` : "", "quiet"));
};

/** `4/12 stacks`: those that need nothing more, as they count whole; on the way back, those that are back. */
export const stackCountText = ({ summary, status, stacks }: DeploymentProgress): string => {
  if (
    status === "rolling_back" ||
    status === "rolled_back" ||
    status === "destroying" ||
    status === "destroyed"
  ) {
    const all = Object.values(stacks);
    const back = all.filter((stack) => stack.status === "deleted" || stack.status === "rolled_back").length;
    const untouched = all.filter((stack) => stack.status === "pending" || stack.status === "skipped").length;
    if (status.startsWith("destroy")) return `${back}/${summary.totalStacks} deleted`;
    const touched = summary.totalStacks - untouched;
    // At the end all is as it was: what CloudFormation itself has rolled back is back too.
    return `${status === "rolled_back" ? touched : back}/${touched} rolled back`;
  }
  return `${summary.deployedStacks + summary.skippedStacks}/${countText(summary.totalStacks, "stack")}`;
};

/** Seconds since the run began, as of its end if it has one. */
export const elapsedOf = ({ startTime, endTime, metrics }: DeploymentProgress, now: number): number =>
  endTime !== undefined || startTime === "" ? metrics.durationSeconds : secondsBetween(startTime, now);

/** `Elapsed: 5m 30s | ETA: ~10m`, with the word that fits a run that is over. */
export const timesText = (progress: DeploymentProgress, now: number): string => {
  const { estimatedTimeRemaining: remaining, estimate } = progress.metrics;
  const elapsed = `${hasRunEnded(progress.status) ? "Took" : "Elapsed"}: ${durationText(elapsedOf(progress, now))}`;
  if (estimate) return `${elapsed} | ${etaTextAt(estimate, now)}`;
  return remaining === undefined ? elapsed : `${elapsed} | ETA: ${estimateText(remaining)}`;
};

/** `Progress: 35% (4/12 stacks) | Elapsed: 5m 30s | ETA: ~10m`, with fewer words where there is no room for them. */
export const progressText = (progress: DeploymentProgress, now: number, columns: number): string => {
  const { progressPercent, failedStacks } = progress.summary;
  const failed = failedStacks > 0 ? `, ${failedStacks} failed` : "";
  const done = `${String(progressPercent).padStart(2)}% (${stackCountText(progress)}${failed})`;
  const times = timesText(progress, now);
  const short = times.replace(/^\w+: /, "");
  const all = [`Progress: ${done} | ${times}`, `${done} | ${times}`, `${done} | ${short}`];
  return all.find((text) => text.length <= columns) ?? `${done} | ${short.replace(/ \|.*$/, "")}`;
};

/** `If it fails now, back in about 6 min`, as a line where that is known. */
export const wayBackLines = (estimate: Estimate | undefined): readonly Line[] => {
  const text = estimate && wayBackText(estimate);
  return text === undefined ? [] : [line(piece(capitalised(text), "quiet"))];
};

/** How old the display is, where it is not live; and for a while, that it is again. */
export const contactLine = (
  { connection, regained, trouble, sampling, isNew }: Contact,
  now: number,
): Line | undefined => {
  const age = (since: number) => durationText((now - since) / 1000);
  switch (connection.kind) {
    case "reconnecting": {
      const attempt = connection.failures > 0 ? `, attempt ${connection.failures + 1}` : "";
      if (isNew) return line(piece(`Connecting… (${age(connection.since)}${attempt})`, "quiet"));
      return line(
        piece(`Reconnecting… (what is shown is ${age(connection.since)} old${attempt})`, "warning"),
      );
    }
    case "stopped":
      return line(
        piece(`✗ The connection is lost for good: ${connection.reason} (${connection.code})`, "bad"),
      );
    case "live":
      if (regained && now - regained.at < REGAINED_MS)
        return line(piece(`✓ ${regainedText(regained.events)}`, "good"));
      if (trouble !== undefined) return line(piece(`AWS: ${trouble}`, "warning"));
      return sampling === undefined ? undefined : line(piece(sampling, "quiet"));
  }
};

const regainedText = (events: number | undefined): string => {
  if (events === undefined) return "Reconnected: reloaded everything";
  return events === 0
    ? "Reconnected: nothing was missed"
    : `Reconnected: caught up with ${countText(events, "event")}, nothing lost`;
};

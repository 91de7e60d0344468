/** A run as Markdown, to be pasted into an incident: where it stands, why, what did not start because of it, and its stacks. */
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { durationText } from "../../domain/words/durations.ts";
import { remainingText } from "../../domain/words/estimate-words.ts";
import { blastText } from "../../domain/words/failure-words.ts";
import { hasRunEnded, wordOfPart, wordOfStatus } from "../../domain/words/status-words.ts";
import { percentText } from "../elements/percent.ts";
import { stackCountsText } from "../elements/stack-counts.ts";
import { pathOfRun } from "../timeline/timeline-rows.ts";
import { timedRunOf } from "../timeline/timeline-run.ts";

/** Longest text of a table's cell; the cause is shown whole. */
const MAX_CELL = 200;

/** A text that Markdown shows as it is, on one line; only what would be read as Markdown or HTML is marked. */
export const escapedMarkdown = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>|~]|&(?=#?\w+;)/g, "\\$&")
    // What begins a heading or a list.
    .replace(/^(?:[#+-]|\d+(?=[.)]))/, (begin) => (/\d/.test(begin) ? `${begin}\\` : `\\${begin}`));

const cell = (text: string): string =>
  escapedMarkdown(
    text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL).replace(/[\uD800-\uDBFF]$/, "")}…`,
  );

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** To the second: an incident's reader compares it with other clocks. */
const clock = (time: string): string => time.slice(0, 19).replace("T", " ");

const fact = (name: string, value: string | undefined): string[] => (value ? [`- ${name}: ${value}`] : []);

const factsOf = (progress: DeploymentProgress): string[] => {
  const { status, summary, startTime, endTime, metrics, owner, user } = progress;
  const times = `${clock(startTime)} UTC${endTime === undefined ? "" : ` – ${clock(endTime)} UTC`}`;
  const { estimate } = metrics;
  return [
    ...fact("Status", `**${wordOfStatus(status)}**, ${percentText(status, summary.progressPercent)}`),
    ...fact("Stacks", stackCountsText({ ...summary, status })),
    ...fact("Time", times),
    ...fact("Took", durationText(metrics.durationSeconds)),
    ...fact("Time left", estimate && remainingText(estimate)),
    ...fact("Resources", `${metrics.resourcesCreated} done, ${metrics.resourcesFailed} failed`),
    ...fact("Started by", user && escapedMarkdown(user)),
    ...fact("Owner", owner && escapedMarkdown(owner)),
  ];
};

const causeOf = ({ cause, blast, status }: DeploymentProgress): string[] => {
  if (!cause && !blast) return [];
  const lines = ["", "## Cause", ""];
  if (cause) {
    const where = blast ? ` in stack ${escapedMarkdown(blast.stack)}` : "";
    lines.push(
      `${escapedMarkdown(cause.path)} (${escapedMarkdown(cause.type)})${where}, ${clock(cause.timestamp)} UTC:`,
      "",
      `> ${escapedMarkdown(cause.reason || cause.status)}`,
    );
  }
  const notStarted = blastText(blast, status, { escape: escapedMarkdown });
  if (notStarted !== undefined) lines.push("", notStarted);
  return lines;
};

const stackRow = (
  { name, layer, status, startTime, durationSeconds, resources, error }: StackProgress,
  isOver: boolean,
): string =>
  row(
    String(layer),
    cell(name),
    wordOfPart(status, isOver),
    startTime === undefined ? "" : startTime.slice(11, 19),
    durationSeconds === undefined ? "" : durationText(durationSeconds),
    resources.total === 0 ? "" : `${resources.created}/${resources.total}`,
    cell(error?.message ?? ""),
  );

const timingsOf = (progress: DeploymentProgress, now: number): string[] => {
  const run = timedRunOf(progress);
  const path = run && pathOfRun(run, now);
  if (!path || path.stacks.length < 2) return [];
  return [
    "",
    `Critical path: ${path.stacks.map(escapedMarkdown).join(" → ")} (${durationText(path.seconds)})`,
  ];
};

/** `now`, milliseconds since 1970, counts as the end of what goes on. */
export const markdownOf = (progress: DeploymentProgress, now: number): string => {
  const { deploymentId, environment, run, stacks } = progress;
  const ordered = Object.values(stacks).sort((one, other) => one.layer - other.layer);
  const lines = [
    `# ${escapedMarkdown(`${deploymentId}-${environment}`)}, run ${run}`,
    "",
    ...factsOf(progress),
    ...causeOf(progress),
    "",
    "## Stacks",
    "",
    row("Layer", "Stack", "Status", "Started (UTC)", "Took", "Resources", "Note"),
    row("--:", "---", "---", "---", "--:", "--:", "---"),
    ...ordered.map((stack) => stackRow(stack, hasRunEnded(progress.status))),
    ...timingsOf(progress, now),
  ];
  return `${lines.join("\n")}\n`;
};

/** A run as the summary page of a build shows it: a table of its stacks, and the cause of a failure, in Markdown. */
import { appendFileSync } from "node:fs";
import type { DeploymentProgress, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { durationText } from "../../domain/words/durations.ts";
import { outputsOf } from "../../domain/words/output-words.ts";
import { blastText, ROLLBACK_BLOCKED } from "../../domain/words/failure-words.ts";
import { wordOfStatus } from "../../domain/words/status-words.ts";
import { stackMark } from "../display/status-mark.ts";
import { leftTexts } from "../display/left-behind.ts";

/** Text that is nothing but text in Markdown, a table and HTML. */
const textOf = (text: string): string =>
  cleanText(text)
    .replace(/[\\`*_{}[\]()#+!|~$@:-]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

const causeMarkdown = ({ path, type, reason }: Cause): string =>
  `${textOf(path)} (${textOf(type)}): ${textOf(reason)}`;

/** More than a build shows of one step is not shown at all: 1 MiB. */
const MOST_STACKS = 500;

/** More than these are on the page. */
const MOST_OUTPUTS = 50;

const outputsMarkdown = (progress: DeploymentProgress): readonly string[] => {
  const outputs = outputsOf(progress);
  if (outputs.length === 0) return [];
  const rows = outputs
    .slice(0, MOST_OUTPUTS)
    .map(({ stack, key, value }) => `| ${textOf(stack)} | ${textOf(key)} | ${textOf(value)} |`);
  const more = outputs.length - rows.length;
  return [
    "| Stack | Output | Value |",
    "| --- | --- | --- |",
    ...rows,
    "",
    ...(more > 0 ? [`… and ${more} more`, ""] : []),
  ];
};

/** The Markdown of a run; `page` is its address in the dashboard. */
const stepSummaryOf = (progress: DeploymentProgress, page: string): string => {
  const { deploymentId, environment, status, summary, metrics, cause, rollbackCause, blast } = progress;
  const markOf = (of: StackStatus): string => {
    const { symbol, word } = stackMark(of, status);
    return `${symbol} ${word}`;
  };
  const notStarted = blastText(blast, status, { escape: textOf });
  const stacks = Object.values(progress.stacks).sort((one, other) => one.layer - other.layer);
  const rows = stacks.slice(0, MOST_STACKS).map((stack) => {
    const took = stack.durationSeconds === undefined ? "" : durationText(stack.durationSeconds);
    return `| ${stack.layer} | ${textOf(stack.name)} | ${markOf(stack.status)} | ${took} | ${stack.resources.created} |`;
  });
  const more = stacks.length - rows.length;
  const left = leftTexts(progress);
  return [
    `### ${textOf(`${deploymentId}-${environment}`)}: ${wordOfStatus(status)}`,
    "",
    `${summary.progressPercent}%${status.startsWith("roll") ? " back" : ""} · ${summary.deployedStacks} deployed, ${summary.skippedStacks} skipped, ` +
      `${summary.failedStacks} failed of ${summary.totalStacks} stacks · ${durationText(metrics.durationSeconds)} · [Open the page](<${page}>)`,
    "",
    ...outputsMarkdown(progress),
    ...(cause
      ? [
          `**Cause:** ${causeMarkdown(cause)}`,
          "",
          ...(rollbackCause ? [`**${ROLLBACK_BLOCKED}:** ${causeMarkdown(rollbackCause)}`, ""] : []),
          ...(notStarted === undefined ? [] : [`**Blast:** ${notStarted}`, ""]),
        ]
      : []),
    ...(left.length > 0 ? [...left.map((text) => `${textOf(text)}  `), ""] : []),
    "| Layer | Stack | | Took | Resources |",
    "| --: | --- | --- | --: | --: |",
    ...rows,
    ...(more > 0 ? ["", `… and ${more} more`] : []),
    "",
  ].join("\n");
};

/** Adds it to the build's page; a page that cannot be written is no failure of the deployment. */
export const writeStepSummary = (file: string, progress: DeploymentProgress, page: string): void => {
  try {
    appendFileSync(file, `${stepSummaryOf(progress, page)}\n`);
  } catch {
    // The build has it in its log.
  }
};

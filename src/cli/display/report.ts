/** How a run ended, for people: the last words of a log, in the form of the seeds' notifications. */
import type {
  DeploymentProgress,
  DeploymentStatus,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import { causeTexts } from "./cause-block.ts";
import { cleanText } from "./text/clean-text.ts";
import { countText, durationText } from "../../domain/words/durations.ts";
import { leftTexts } from "./left-behind.ts";
import { outputsOf } from "../../domain/words/output-words.ts";
import { paddedText } from "./text/line.ts";
import { orphansText } from "../../domain/words/left-words.ts";
import { wordOfPart } from "../../domain/words/status-words.ts";
import { stackMark } from "./status-mark.ts";

const HEADINGS: Readonly<Record<DeploymentStatus, string>> = {
  initializing: "Deployment In Progress",
  validating: "Deployment In Progress",
  deploying: "Deployment In Progress",
  deployed: "✓ Deployment Complete",
  failed: "✗ Deployment Failed",
  rolling_back: "Rollback In Progress",
  rolled_back: "↺ Deployment Rolled Back",
  cancelling: "Deployment Being Cancelled",
  cancelled: "✗ Deployment Cancelled",
  destroying: "Deployment Being Destroyed",
  destroyed: "✓ Deployment Destroyed",
};

const SENTENCES: Readonly<Partial<Record<DeploymentStatus, string>>> = {
  deployed: "completed successfully",
  failed: "failed",
  rolled_back: "was rolled back",
  cancelled: "was cancelled",
  destroyed: "was destroyed",
};

/** What was rolled back has failed, or was only cancelled; what an orchestrator calls complete may have failed in part. */
const sentenceOf = ({ status, summary, stacks, orphans = [] }: DeploymentProgress): string | undefined => {
  if (status === "deployed" && summary.failedStacks > 0)
    return `completed, with ${countText(summary.failedStacks, "failed stack")}`;
  if (status === "deployed" && orphans.length > 0) return `completed, but ${orphansText(orphans.length)}`;
  const hasFailed = Object.values(stacks).some(({ error }) => error !== undefined);
  return status === "rolled_back" && hasFailed ? "failed and was rolled back" : SENTENCES[status];
};

/** A rate of nothing, and less than one stack at a time, say nothing. */
const workLines = ({
  resourcesCreated,
  resourcesFailed,
  throughput,
  efficiency,
}: DeploymentProgress["metrics"]) => {
  const failed = resourcesFailed > 0 ? `, ${resourcesFailed} failed` : "";
  const rate = throughput > 0 ? `, ${throughput} a minute` : "";
  return [
    `- Resources: ${resourcesCreated} done${failed}${rate}`,
    ...(efficiency >= 1 ? [`- Parallel: ${efficiency} stacks at a time`] : []),
  ];
};

const summaryLines = ({ summary, metrics }: DeploymentProgress): string[] => [
  "Summary:",
  `- Total Stacks: ${summary.totalStacks}`,
  `- Deployed: ${summary.deployedStacks}`,
  `- Skipped: ${summary.skippedStacks}`,
  ...(summary.failedStacks > 0 ? [`- Failed: ${summary.failedStacks}`] : []),
  `- Duration: ${durationText(metrics.durationSeconds)}`,
  ...workLines(metrics),
];

const tableLines = (stacks: readonly StackProgress[], going: DeploymentStatus): string[] => {
  const widest = Math.max(5, ...stacks.map(({ name }) => name.length));
  const sorted = [...stacks].sort((one, other) => one.layer - other.layer);
  return sorted.map((stack) => {
    const { symbol } = stackMark(stack.status, going);
    const word = wordOfPart(stack.status, true);
    const { created, total } = stack.resources;
    const took = stack.durationSeconds === undefined ? "" : durationText(stack.durationSeconds);
    const resources = total > 0 ? `${created}/${total} resources` : "";
    const columns = [
      `${symbol} ${paddedText(stack.name, widest)}`,
      `layer ${stack.layer}`,
      paddedText(word, 11),
    ];
    return `  ${[...columns, took.padStart(8), resources].join("  ")}`.trimEnd();
  });
};

/** More than a reader looks through are in the one document of `--output json`, and on the page. */
const MOST_OUTPUTS = 50;

/** What was deployed gives, before what it took; empty: nothing. */
export const outputLines = (progress: DeploymentProgress): string[] => {
  const outputs = outputsOf(progress);
  const more = outputs.length - MOST_OUTPUTS;
  return outputs.length === 0
    ? []
    : [
        "Outputs:",
        ...outputs.slice(0, MOST_OUTPUTS).map(({ stack, key, value }) => `  ${stack}.${key} = ${value}`),
        ...(more > 0 ? [`  … and ${more} more`] : []),
      ].map(cleanText);
};

/** The report, line by line; no line holds anything but text. */
export const reportLines = (progress: DeploymentProgress): string[] => {
  const { deploymentId, environment, status } = progress;
  const sentence = sentenceOf(progress);
  const cause = causeTexts(progress);
  const left = leftTexts(progress);
  const outputs = outputLines(progress);
  const failedLayer = progress.blast && progress.stacks[progress.blast.stack]?.layer;
  const stacks = Object.values(progress.stacks);
  return [
    `${HEADINGS[status]}: ${deploymentId}-${environment}`,
    "",
    ...(sentence === undefined
      ? []
      : [`Deployment ${deploymentId} to ${environment} environment ${sentence}.`, ""]),
    ...(outputs.length > 0 ? [...outputs, ""] : []),
    ...(cause.length > 0 ? [...cause, ""] : []),
    ...(left.length > 0 ? [...left, ""] : []),
    ...summaryLines(progress),
    ...(failedLayer === undefined ? [] : [`- Failed at: Layer ${failedLayer}/${progress.totalLayers}`]),
    ...(stacks.length > 0 ? ["", "Stacks:", ...tableLines(stacks, status)] : []),
  ].map(cleanText);
};

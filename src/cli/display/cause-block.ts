/** Why a deployment or a stack fails: the first cause, what does not start because of it, and what can be done next. */
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { cleanText } from "./text/clean-text.ts";
import { blastText, causePlace, nextActionOf, ROLLBACK_BLOCKED } from "../../domain/words/failure-words.ts";
import { line, piece, type Line } from "./text/line.ts";
import { wrappedText } from "./text/wrapped-text.ts";

/** Most lines that a reason takes in a frame. */
const REASON_LINES = 3;

/** What failed first, in one line each: where, and why. */
type Failure = Readonly<{ where: string; what: string; reason: string }>;

export const failureOfCause = (cause: Cause, stack?: string): Failure => {
  const { type, status, reason } = cause;
  return {
    where: causePlace(cause, stack),
    what: [type, status === "failed" ? "" : status].filter((word) => word !== "").join(" "),
    reason: reason || status,
  };
};

type Causes = Readonly<{ cause?: Cause | undefined; rollbackCause?: Cause | undefined }>;

/** What was found out about a cause, a line for each piece. */
const evidenceTexts = ({ evidence = [], advice }: Cause): string[] => [
  ...evidence.map(({ source, at, text }) => `  ${source} ${at}: ${text.replace(/\s*\n\s*/g, " ")}`),
  ...(advice ? [`  ${advice.text} (${advice.url})`] : []),
];

/** The causes as plain lines: what failed first, and what keeps it from being rolled back. */
export const failureTexts = ({ cause, rollbackCause }: Causes, stack?: string): string[] => [
  ...(cause ? linesOf("Cause:", failureOfCause(cause, stack)) : []),
  ...(rollbackCause ? linesOf(BLOCKED, failureOfCause(rollbackCause, stack)) : []),
];

const BLOCKED = `${ROLLBACK_BLOCKED}:`;

const linesOf = (label: string, { where, what, reason }: Failure): string[] => [
  `${label} ${where}${what === "" ? "" : ` (${what})`}`,
  `  ${reason}`,
];

const firstFailure = (progress: DeploymentProgress): Failure | undefined => {
  const name = progress.blast?.stack;
  const stack: StackProgress | undefined = name === undefined ? undefined : progress.stacks[name];
  if (progress.cause) return failureOfCause(progress.cause, name);
  if (!stack?.error) return undefined;
  const { code, message, details } = stack.error;
  return { where: stack.name, what: code, reason: details ? `${message}: ${details}` : message };
};

/** Names that a blast line holds before it only counts. */
const MOST_NAMED = 6;

/** What whoever reads this can do next, with the commands for it; undefined where there is nothing to fix. */
export const nextStepText = (progress: DeploymentProgress): string | undefined => {
  const next = nextActionOf(progress);
  if (!next) return undefined;
  const target = `${progress.deploymentId} --environment ${progress.environment}`;
  const commands = next.actions.map((action) => `stackcast ${action} ${target}`);
  return `${next.text}${commands.length === 0 ? "" : `: ${commands.join(", or ")}`}`;
};

/** The cause as plain lines, whole: for `why`, logs and reports. Empty: nothing failed. */
export const causeTexts = (progress: DeploymentProgress): string[] => {
  const failure = firstFailure(progress);
  if (!failure) return [];
  const blast = blastText(progress.blast, progress.status, { most: MOST_NAMED });
  const next = nextStepText(progress);
  const { rollbackCause } = progress;
  return [
    ...linesOf("Cause:", failure),
    ...(progress.cause ? evidenceTexts(progress.cause) : []),
    ...failureTexts({ rollbackCause }, progress.blast?.stack),
    ...(blast === undefined ? [] : [`Blast: ${blast}`]),
    ...(next === undefined ? [] : [`Next:  ${next}`]),
  ].map(cleanText);
};

/** The same within a frame. */
export const causeLines = (progress: DeploymentProgress, columns: number): Line[] => {
  const failure = firstFailure(progress);
  if (!failure) return [];
  const blast = blastText(progress.blast, progress.status, { most: MOST_NAMED });
  const next = nextStepText(progress);
  return [
    ...failureCauseLines(failure, columns),
    ...blockedLines(progress, columns),
    ...labelled("Blast:", blast, columns),
    ...labelled("Next: ", next, columns),
  ];
};

/** A failure within a frame: where, and the reason in a few lines. */
export const failureCauseLines = (
  { where, what, reason }: Failure,
  columns: number,
  label = "Cause:",
): Line[] => [
  line(
    piece(`✗ ${label}`, "bad"),
    " ",
    piece(where, "strong"),
    piece(what === "" ? "" : `  ${what}`, "quiet"),
  ),
  ...wrappedText(reason, columns - 9, REASON_LINES).map((text) => line("         ", piece(text))),
];

/** What keeps CloudFormation from rolling back what has failed. */
export const blockedLines = ({ rollbackCause }: Causes, columns: number): Line[] =>
  rollbackCause ? failureCauseLines(failureOfCause(rollbackCause), columns, BLOCKED) : [];

const labelled = (label: string, text: string | undefined, columns: number): Line[] =>
  text === undefined
    ? []
    : wrappedText(text, columns - 9, 2).map((part, index) =>
        line(index === 0 ? piece(`  ${label}`, "quiet") : "        ", " ", part),
      );

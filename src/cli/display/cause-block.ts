/** Why a deployment or a stack fails: the first cause, what does not begin because of it, and what can be done next. */
import type { Blast } from "../../protocol/deployment/deployment-events.ts";
import type {
  DeploymentProgress,
  DeploymentStatus,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { cleanText } from "./text/clean-text.ts";
import { countText } from "./text/durations.ts";
import { line, piece, type Line } from "./text/line.ts";
import { isOver } from "./status-mark.ts";
import { wrappedText } from "./text/wrapped-text.ts";

/** Most lines that a reason takes in a frame. */
const REASON_LINES = 3;

/** What failed first, in one line each: where, and why. */
type Failure = Readonly<{ where: string; what: string; reason: string }>;

export const failureOfCause = (
  { path, logicalId, type, status, reason }: Cause,
  stack?: string,
): Failure => ({
  // Pulumi's URNs say much more than where it is.
  where: [stack, path.startsWith("urn:") ? logicalId : path].filter(Boolean).join(" › "),
  what: [type, status === "failed" ? "" : status].filter((word) => word !== "").join(" "),
  reason: reason || status,
});

type Causes = Readonly<{ cause?: Cause | undefined; rollbackCause?: Cause | undefined }>;

/** The causes as plain lines: what failed first, and what keeps it from being rolled back. */
export const failureTexts = ({ cause, rollbackCause }: Causes, stack?: string): string[] => [
  ...(cause ? linesOf("Cause:", failureOfCause(cause, stack)) : []),
  ...(rollbackCause ? linesOf(BLOCKED, failureOfCause(rollbackCause, stack)) : []),
];

const BLOCKED = "Rollback blocked by:";

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

/** The blast line: `2 stacks cannot begin: compute, frontend (layers 4, 5)`; undefined: nothing was in its way. */
const blastText = ({ stacks, layers }: Blast, status: DeploymentStatus): string | undefined => {
  if (stacks.length === 0) return undefined;
  const named = stacks.slice(0, 6).join(", ") + (stacks.length > 6 ? ` and ${stacks.length - 6} more` : "");
  const where = layers.length === 1 ? `layer ${layers.join()}` : `layers ${layers.join(", ")}`;
  const verb = isOver(status) ? "did not begin" : "cannot begin";
  return `${countText(stacks.length, "stack")} ${verb}: ${named} (${where})`;
};

/** Whether nothing has failed but what a user had cancelled. */
const isCancelledOnly = ({ stacks }: DeploymentProgress): boolean => {
  const failed = Object.values(stacks).filter(({ error }) => error !== undefined);
  return failed.length > 0 && failed.every(({ cancelled }) => cancelled === true);
};

/** What whoever reads this can do next; undefined where there is nothing to mend. */
export const nextActionText = (progress: DeploymentProgress): string | undefined => {
  const { deploymentId, environment, status, mode, willRollBack = false } = progress;
  const target = `${deploymentId} --environment ${environment}`;
  if (isCancelledOnly(progress)) return undefined;
  switch (status) {
    case "failed":
      if (willRollBack) return "all that this run changed is put back now; mend it meanwhile";
      return mode === "deploy"
        ? `mend it, then stackcast retry ${target}, or go back: stackcast rollback ${target}`
        : "mend it and deploy again: a new run begins on this channel";
    case "rolling_back":
      return "all that this run changed is being put back; mend it meanwhile";
    case "rolled_back":
      return mode === "deploy" ? `mend it, then stackcast retry ${target}` : "mend it and deploy again";
    case "initializing":
    case "validating":
    case "deploying":
    case "cancelling":
    case "destroying":
      if (Object.values(progress.stacks).some(({ rollingBack }) => rollingBack))
        return "CloudFormation rolls the stack back by itself; mend it meanwhile";
      return progress.summary.failedStacks > 0
        ? "stacks that do not depend on it go on; mend it meanwhile"
        : undefined;
    case "cancelled":
      return mode === "deploy" ? `stackcast retry ${target}` : undefined;
    case "deployed":
    case "destroyed":
      return undefined;
  }
};

/** The cause as plain lines, whole: for `why`, logs and reports. Empty: nothing failed. */
export const causeTexts = (progress: DeploymentProgress): string[] => {
  const failure = firstFailure(progress);
  if (!failure) return [];
  const blast = progress.blast && blastText(progress.blast, progress.status);
  const next = nextActionText(progress);
  const { rollbackCause } = progress;
  return [
    ...linesOf("Cause:", failure),
    ...failureTexts({ rollbackCause }, progress.blast?.stack),
    ...(blast === undefined ? [] : [`Blast: ${blast}`]),
    ...(next === undefined ? [] : [`Next:  ${next}`]),
  ].map(cleanText);
};

/** The same within a frame. */
export const causeLines = (progress: DeploymentProgress, columns: number): Line[] => {
  const failure = firstFailure(progress);
  if (!failure) return [];
  const blast = progress.blast && blastText(progress.blast, progress.status);
  const next = nextActionText(progress);
  return [
    ...failureLines(failure, columns),
    ...blockedLines(progress, columns),
    ...labelled("Blast:", blast, columns),
    ...labelled("Next: ", next, columns),
  ];
};

/** A failure within a frame: where, and the reason in a few lines. */
export const failureLines = ({ where, what, reason }: Failure, columns: number, label = "Cause:"): Line[] => [
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
  rollbackCause ? failureLines(failureOfCause(rollbackCause), columns, BLOCKED) : [];

const labelled = (label: string, text: string | undefined, columns: number): Line[] =>
  text === undefined
    ? []
    : wrappedText(text, columns - 9, 2).map((part, index) =>
        line(index === 0 ? piece(`  ${label}`, "quiet") : "        ", " ", part),
      );

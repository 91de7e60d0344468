/** Why a deployment or a stack fails: the first cause, what does not begin because of it, and what can be done next. */
import type { Blast } from "../../protocol/deployment-events.ts";
import type {
  DeploymentProgress,
  DeploymentStatus,
  StackProgress,
} from "../../protocol/deployment-progress.ts";
import type { Cause } from "../../protocol/stack-frames.ts";
import { cleanText } from "./clean-text.ts";
import { countText } from "./durations.ts";
import { line, piece, type Line } from "./line.ts";
import { isOver } from "./status-mark.ts";
import { wrappedText } from "./wrapped-text.ts";

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

/** What whoever reads this can do next; undefined where there is nothing to mend. */
export const nextActionText = (progress: DeploymentProgress): string | undefined => {
  const { deploymentId, environment, status, mode } = progress;
  const target = `${deploymentId} --environment ${environment}`;
  switch (status) {
    case "failed":
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
  return [
    `Cause: ${failure.where}${failure.what === "" ? "" : ` (${failure.what})`}`,
    `  ${failure.reason}`,
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
    ...labelled("Blast:", blast, columns),
    ...labelled("Next: ", next, columns),
  ];
};

/** A failure within a frame: where, and the reason in a few lines. */
export const failureLines = ({ where, what, reason }: Failure, columns: number): Line[] => [
  line(piece("✗ Cause:", "bad"), " ", piece(where, "strong"), piece(what === "" ? "" : `  ${what}`, "quiet")),
  ...wrappedText(reason, columns - 9, REASON_LINES).map((text) => line("         ", piece(text))),
];

const labelled = (label: string, text: string | undefined, columns: number): Line[] =>
  text === undefined
    ? []
    : wrappedText(text, columns - 9, 2).map((part, index) =>
        line(index === 0 ? piece(`  ${label}`, "quiet") : "        ", " ", part),
      );

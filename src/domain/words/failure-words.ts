/** A failure in words: its cause, what did not start because of it, and what its reader can do next. */
import type { DeploymentProgress, DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { countText } from "./durations.ts";
import { hasRunEnded } from "./status-words.ts";

/** `Database: it cannot be created`. */
export const causeText = ({ path, reason, status }: Pick<Cause, "path" | "reason" | "status">): string =>
  `${path}: ${reason || status}`;

export const ROLLBACK_BLOCKED = "Rollback blocked by";

/** Where a cause lies: `shop › Web`. Pulumi's URNs say much more than where it is. */
export const causePlace = ({ path, logicalId }: Pick<Cause, "path" | "logicalId">, stack?: string): string =>
  [stack, path.startsWith("urn:") ? logicalId : path].filter(Boolean).join(" › ");

/** `layer 2`, `layers 2, 3`. */
const layersText = (layers: readonly number[]): string =>
  `${layers.length === 1 ? "layer" : "layers"} ${layers.join(", ")}`;

type BlastNames = Readonly<{ stacks: readonly string[]; layers: readonly number[] }>;

export type NamesOptions = Readonly<{
  /** How many are named before the rest is only counted; without it all are. */
  most?: number;
  /** How many more there are than `stacks` holds. */
  more?: number;
  /** Makes a name safe for where it is shown. */
  escape?: (name: string) => string;
}>;

/** Which stacks did not start: `compute, frontend and 3 more (layers 4, 5)`. */
export const blastNamesText = (
  { stacks, layers }: BlastNames,
  { most = Infinity, more = 0, escape = (name) => name }: NamesOptions = {},
): string => {
  const unnamed = Math.max(0, stacks.length - most) + more;
  const named = stacks.slice(0, most).map(escape).join(", ");
  return `${named}${unnamed > 0 ? ` and ${unnamed} more` : ""} (${layersText(layers)})`;
};

/** `2 stacks did not start: compute, frontend (layers 4, 5)`; undefined: nothing was in the way. */
export const blastText = (
  blast: BlastNames | undefined,
  status: DeploymentStatus,
  options?: NamesOptions,
): string | undefined => {
  if (blast === undefined || blast.stacks.length === 0) return undefined;
  const verb = hasRunEnded(status) ? "did not start" : "cannot start";
  return `${countText(blast.stacks.length, "stack")} ${verb}: ${blastNamesText(blast, options)}`;
};

type Run = Pick<DeploymentProgress, "mode" | "status" | "stacks" | "willRollBack"> &
  Readonly<{ summary: Pick<DeploymentProgress["summary"], "failedStacks"> }>;

/** Whether nothing has failed but what a user had cancelled. */
const isCancelledOnly = ({ stacks }: Pick<Run, "stacks">): boolean => {
  const failed = Object.values(stacks).filter(({ error }) => error !== undefined);
  return failed.length > 0 && failed.every(({ cancelled }) => cancelled === true);
};

/** What can be done next: a sentence without its full stop, and the actions of Stackcast that it speaks of. */
export type NextAction = Readonly<{ text: string; actions: readonly ("retry" | "rollback")[] }>;

const advice = (text: string, ...actions: NextAction["actions"]): NextAction => ({ text, actions });

const GOES_BACK =
  "Everything that this run changed is being rolled back: fix the cause meanwhile, and wait for the end";

const DEPLOY_AGAIN = "Fix the cause and deploy again with your own tool: the run appears here";

/** What whoever reads of a failure can do next; undefined where there is nothing to fix. */
export const nextActionOf = (run: Run): NextAction | undefined => {
  const { status, mode } = run;
  if (isCancelledOnly(run)) return undefined;
  switch (status) {
    case "failed":
      if (run.willRollBack) return advice(GOES_BACK);
      return mode === "deploy"
        ? advice(
            "Fix the cause, then retry what is not deployed, or roll back to the state before this run",
            "retry",
            "rollback",
          )
        : advice(DEPLOY_AGAIN);
    case "rolling_back":
      return advice(GOES_BACK);
    case "rolled_back":
      return mode === "deploy"
        ? advice("Everything is as it was before: fix the cause, then retry", "retry")
        : advice(`Everything is as it was before. ${DEPLOY_AGAIN}`);
    case "initializing":
    case "validating":
    case "deploying":
    case "cancelling":
    case "destroying":
      if (Object.values(run.stacks).some(({ rollingBack }) => rollingBack))
        return advice("CloudFormation is rolling the stack back: fix the cause meanwhile");
      return run.summary.failedStacks > 0
        ? advice("Stacks that do not depend on it go on: fix the cause meanwhile")
        : undefined;
    case "cancelled":
      return mode === "deploy" ? advice("Retry to deploy what is not deployed yet", "retry") : undefined;
    case "deployed":
    case "destroyed":
      return undefined;
  }
};

/** How a status looks: a symbol and a word, which say it without any colour, and the tone that says it again. */
import type { ResourceWord } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Outcome } from "../../protocol/stack/stack-frames.ts";
import type { Tone } from "./text/line.ts";

export type Mark = Readonly<{ symbol: string; tone: Tone; word: string }>;

const mark = (symbol: string, tone: Tone, word: string): Mark => ({ symbol, tone, word });

const STACK_MARKS: Readonly<Record<StackStatus, Mark>> = {
  pending: mark("⏸", "quiet", "waiting"),
  deploying: mark("→", "active", "deploying"),
  deployed: mark("✓", "good", "deployed"),
  failed: mark("✗", "bad", "failed"),
  skipped: mark("↷", "quiet", "skipped"),
  deleting: mark("→", "warning", "deleting"),
  deleted: mark("✓", "good", "deleted"),
  rolled_back: mark("↺", "warning", "rolled back"),
};

const TAKEN_AWAY = mark("↺", "warning", "deleted");

/** Of a stack in a deployment that goes somewhere: only where all is to be deleted it is good that one is. */
export const stackMark = (status: StackStatus, going: DeploymentStatus): Mark =>
  status === "deleted" && going !== "destroying" && going !== "destroyed" ? TAKEN_AWAY : STACK_MARKS[status];

export const RESOURCE_MARKS: Readonly<Record<ResourceWord, Mark>> = {
  creating: mark("→", "active", "Creating"),
  created: mark("✓", "good", "Created"),
  updating: mark("→", "active", "Updating"),
  updated: mark("✓", "good", "Updated"),
  deleting: mark("→", "warning", "Deleting"),
  deleted: mark("✓", "good", "Deleted"),
  retained: mark("↷", "warning", "Retained"),
  failed: mark("✗", "bad", "Failed"),
  putting_back: mark("→", "warning", "Putting back"),
  put_back: mark("✗", "bad", "Failed, put back"),
  cleared_away: mark("✗", "bad", "Failed, deleted"),
  left_as_is: mark("✗", "bad", "Failed, retained"),
};

export const PENDING_MARK = mark("⏸", "quiet", "Pending");

/** Of one of CloudFormation's words, known or not: its end says how it stands. */
export const wordMark = (status: string): Mark => {
  if (status.endsWith("_FAILED")) return mark("✗", "bad", status);
  if (status.endsWith("_SKIPPED")) return mark("↷", "quiet", status);
  const undoes = /(^|_)(ROLLBACK|DELETE)_/.test(status);
  if (status.endsWith("_IN_PROGRESS")) return mark("→", undoes ? "warning" : "active", status);
  if (status.endsWith("_COMPLETE")) return mark(undoes ? "↺" : "✓", undoes ? "warning" : "good", status);
  return mark("⏸", "quiet", status);
};

/** How a deployment is called in a title: before its name, and what stands before the environment. */
export const DEPLOYMENT_TITLES: Readonly<
  Record<DeploymentStatus, Readonly<{ symbol: string; tone: Tone; verb: string; preposition: string }>>
> = {
  initializing: { symbol: "", tone: "strong", verb: "Preparing", preposition: "for" },
  validating: { symbol: "", tone: "strong", verb: "Validating", preposition: "for" },
  deploying: { symbol: "", tone: "strong", verb: "Deploying", preposition: "to" },
  deployed: { symbol: "✓", tone: "good", verb: "Deployed", preposition: "to" },
  failed: { symbol: "✗", tone: "bad", verb: "Failed:", preposition: "to" },
  rolling_back: { symbol: "", tone: "warning", verb: "Rolling back", preposition: "in" },
  rolled_back: { symbol: "↺", tone: "warning", verb: "Rolled back", preposition: "in" },
  cancelling: { symbol: "", tone: "warning", verb: "Cancelling", preposition: "in" },
  cancelled: { symbol: "✗", tone: "warning", verb: "Cancelled:", preposition: "to" },
  destroying: { symbol: "", tone: "warning", verb: "Destroying", preposition: "in" },
  destroyed: { symbol: "✓", tone: "good", verb: "Destroyed", preposition: "in" },
};

export const OUTCOME_MARKS: Readonly<Record<Outcome, Mark>> = {
  deployed: mark("✓", "good", "deployed"),
  deployed_with_orphans: mark("✓", "warning", "deployed; something could not be deleted"),
  rolled_back: mark("↺", "bad", "failed and rolled back"),
  failed: mark("✗", "bad", "failed"),
  rollback_failed: mark("✗", "bad", "failed, and its rollback failed too"),
  deleted: mark("✓", "good", "deleted"),
};

const OVER: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>([
  "deployed",
  "failed",
  "rolled_back",
  "cancelled",
  "destroyed",
]);

/** Whether the run has come to its end. */
export const isOver = (status: DeploymentStatus): boolean => OVER.has(status);

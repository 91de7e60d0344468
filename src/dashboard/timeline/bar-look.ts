/** How a bar looks for what it stands for: a look is told by pattern, icon and word, so that colour alone says nothing. */
import type { ResourceStatus } from "../../domain/deployment/deployment-state.ts";
import type { StackStatus } from "../../protocol/deployment-progress.ts";

export type BarLook =
  | "running"
  | "done"
  | "failed"
  | "rolling"
  | "back"
  | "removing"
  | "removed"
  | "skipped"
  | "waiting"
  | "blocked";

/** Of each look its icon and its word, in the order of a legend. */
export const LOOKS: Readonly<Record<BarLook, Readonly<{ icon: string; word: string }>>> = {
  running: { icon: "→", word: "running" },
  done: { icon: "✓", word: "done" },
  failed: { icon: "✗", word: "failed" },
  rolling: { icon: "↺", word: "rolling back" },
  back: { icon: "↺", word: "rolled back" },
  removing: { icon: "↩", word: "being removed" },
  removed: { icon: "−", word: "removed" },
  skipped: { icon: "↷", word: "skipped" },
  waiting: { icon: "⏸", word: "waiting" },
  blocked: { icon: "⊘", word: "cannot begin" },
};

const OF_STACK: Readonly<Record<StackStatus, BarLook>> = {
  pending: "waiting",
  deploying: "running",
  deployed: "done",
  failed: "failed",
  skipped: "skipped",
  deleting: "removing",
  deleted: "removed",
  rolled_back: "back",
};

/**
 * CloudFormation rolls a stack back before it says that it failed: until then a known cause tells it. A newer server may
 * have states that this page does not know: they are shown as waiting.
 */
export const lookOfStack = (status: StackStatus, hasCause: boolean): BarLook =>
  status === "deploying" && hasCause ? "rolling" : (OF_STACK[status] ?? "waiting");

const OF_RESOURCE: Readonly<Record<ResourceStatus, BarLook>> = {
  creating: "running",
  created: "done",
  updating: "running",
  updated: "done",
  deleting: "removing",
  deleted: "removed",
  failed: "failed",
};

export const lookOfResource = (status: ResourceStatus): BarLook => OF_RESOURCE[status] ?? "waiting";

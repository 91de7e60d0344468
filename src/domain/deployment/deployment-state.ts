/**
 * All that is known of a deployment's run, as its durable events tell it. Nothing is kept that can be computed: see
 * `deployment-view.ts` for what is shown. Entries are replaced, never changed in place.
 */
import type {
  DeploymentMode,
  ErrorDetail,
  FailureMode,
  RunOrder,
  UsualSeconds,
} from "../../protocol/deployment/deployment-event-parts.ts";
import type {
  DeploymentStatus,
  LogEntry,
  QueuedDeploy,
  StackStatus,
} from "../../protocol/deployment/deployment-progress.ts";
import type { RunSource } from "../../protocol/deployment/run-source.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import type { Light } from "../../protocol/light.ts";
import type { OutputValue } from "../../protocol/stack/output-value.ts";
import type { Cause, LeftResource, Outcome } from "../../protocol/stack/stack-frames.ts";

/** What is being done, or was done, to a resource. */
export type ResourceStatus =
  "creating" | "created" | "updating" | "updated" | "deleting" | "deleted" | "retained" | "failed";

export type ResourceNode = Readonly<{
  type: string;
  name: string;
  id?: string | undefined;
  status: ResourceStatus;
  startTime: string;
  /** Of its newest event: its end, once nothing is being done to it. */
  updatedAt: string;
  /** Since when only its becoming stable is waited for, where that was reported. */
  configuredAt?: string;
  /** Set once more is done to it after it has failed: CloudFormation puts it back, which takes no failure back. */
  failedBefore?: true;
  /** It takes longer than usual, or is stuck. */
  light?: Light;
}>;

/** What was reported of how a stack's operation ended, beyond whether that is well. */
export type StackEnding = Readonly<{
  outcome?: Outcome | undefined;
  /** What keeps CloudFormation's own rollback from succeeding. */
  rollbackCause?: Cause | undefined;
  /** Its user cancelled the update: nothing needs a fix. */
  cancelled?: boolean | undefined;
  /** What could not be deleted, and what was to be kept. */
  orphans?: LeftResource[] | undefined;
  retained?: LeftResource[] | undefined;
  /** Resources of it may still become available. */
  stabilising?: boolean | undefined;
}>;

export type StackNode = Readonly<{
  name: string;
  layer: number;
  dependsOn: readonly string[];
  /** CloudFormation's name and place of it, where CloudFormation deploys it; `account`: see `StackAddress`. */
  stackName?: string | undefined;
  account?: string | undefined;
  region?: string | undefined;
  status: StackStatus;
  /** What was done with it last; absent as long as nothing was. */
  operation?: "deploy" | "delete";
  startTime?: string;
  endTime?: string;
  /** Highest percentage reported so far. */
  reachedPercent: number;
  /** Resources of its operation, as far as was reported. */
  totalResources: number;
  /** As its own channel counts its resources, where that was reported; see `resource-counts.ts`. */
  counted?: Readonly<{ completed?: number; failed: number }>;
  /** By URN, or by name where there is none. */
  resources: ReadonlyMap<string, ResourceNode>;
  /** The last lines, see `LOG_LINES`. */
  logs: readonly LogEntry[];
  /** Set once it has failed in this run; a rollback does not take it back. */
  error?: ErrorDetail;
  cause?: Cause;
  /** CloudFormation rolls it back: it has failed, and has not come to rest. */
  rollingBack?: true;
  ending?: StackEnding;
  /** How much longer its operation takes, as was reported last; absent at rest. */
  estimate?: Estimate;
  /** How long its operations take, as the runs before have shown it. */
  usualSeconds?: UsualSeconds;
  outputs?: Readonly<Record<string, OutputValue>>;
  /** Outputs that are not kept for want of room. */
  outputsOmitted?: number | undefined;
}>;

type LayerNode = Readonly<{ startTime: string; endTime?: string }>;

export type DeploymentState = Readonly<{
  deploymentId: string;
  environment: string;
  /** From 1; 0 before the first run. */
  run: number;
  mode: DeploymentMode;
  owner?: string | undefined;
  user?: string | undefined;
  source?: RunSource | undefined;
  /** Rules put its stacks together: others may join, and the run is over once all have rested for a while. */
  grouped?: true;
  /** What Stackcast does when a stack fails, where it deploys. */
  onFailure?: FailureMode | undefined;
  /** In which order its stacks begin, where that was reported. */
  order?: RunOrder | undefined;
  /** The deploy that waits for the end of the run. */
  queued?: QueuedDeploy | undefined;
  status: DeploymentStatus;
  startTime: string;
  endTime?: string;
  /** Set of a run that has failed and is rolled back next: it is not over. */
  willRollBack?: true;
  /** Of the newest durable event. */
  lastEventTime: string;
  /** Stacks and layers that were announced; more may be known by name by now. */
  announcedStacks: number;
  announcedLayers: number;
  /** Seconds that whoever began the run thought it would take. */
  estimatedDuration?: number | undefined;
  stacks: ReadonlyMap<string, StackNode>;
  layers: ReadonlyMap<number, LayerNode>;
  /** Highest percentage of the whole, since the run or its rollback began. */
  reachedPercent: number;
}>;

/** Lines of a stack's log that are kept in the state. */
export const LOG_LINES = 50;

/** Characters of a text, such as a reason, that are kept in the state; the events have it whole. */
const MAX_TEXT_LENGTH = 8_000;

/** A text as it is kept in the state; half a character is none. */
export const shortened = (text: string): string =>
  text.length <= MAX_TEXT_LENGTH ? text : text.slice(0, MAX_TEXT_LENGTH).replace(/[\uD800-\uDBFF]$/, "");

export const emptyDeployment = (deploymentId: string, environment: string): DeploymentState => ({
  deploymentId,
  environment,
  run: 0,
  mode: "ingest",
  status: "initializing",
  startTime: "",
  lastEventTime: "",
  announcedStacks: 0,
  announcedLayers: 0,
  stacks: new Map(),
  layers: new Map(),
  reachedPercent: 0,
});

const ENDED: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>([
  "deployed",
  "failed",
  "rolled_back",
  "cancelled",
  "destroyed",
]);

/** Whether the run is over; a failed one may still be rolled back, on demand or as it was to be. */
export const hasEnded = ({ run, status, willRollBack }: DeploymentState): boolean =>
  run > 0 && ENDED.has(status) && willRollBack !== true;

const FINISHED: ReadonlySet<StackStatus> = new Set<StackStatus>([
  "deployed",
  "skipped",
  "failed",
  "deleted",
  "rolled_back",
]);

export const isFinished = ({ status }: Pick<StackNode, "status">): boolean => FINISHED.has(status);

/** Whether a stack's operation is under way. */
export const isRunningIn = ({ stacks }: Pick<DeploymentState, "stacks">, name: string): boolean => {
  const stack = stacks.get(name);
  return stack !== undefined && stack.status !== "pending" && !isFinished(stack);
};

type Going = Pick<DeploymentState, "mode" | "status" | "grouped">;

/**
 * Whether a stack is deleted only to be created again, as one has to be that could not be created before: on the way up
 * there is no other reason. An orchestrator that sends its events says itself what it has in mind, and in a group any stack
 * may go for good.
 */
export const isClearedAway = ({ mode, status, grouped }: Going, stack: StackNode): boolean =>
  mode !== "ingest" &&
  grouped !== true &&
  status === "deploying" &&
  (stack.status === "deleting" || stack.status === "deleted") &&
  !hasFailed(stack);

/** Whether nothing more is expected of a stack in a run that is followed. */
export const isSettled = (state: Going, stack: StackNode): boolean =>
  isFinished(stack) && !isClearedAway(state, stack);

/** Whether all that the run has done so far is to delete: nothing was deployed, or nothing of that is left. */
export const hasOnlyDeleted = (state: DeploymentState): boolean => {
  const stacks = [...state.stacks.values()].filter(({ status }) => status !== "pending");
  return (
    stacks.length > 0 &&
    stacks.every(
      (stack) => isClearedAway(state, stack) || (state.grouped === true && stack.status === "deleted"),
    )
  );
};

/** Whether the stack has failed in this run, whatever became of it since. */
export const hasFailed = ({ error }: Pick<StackNode, "error">): boolean => error !== undefined;

/** Whether the stack has failed in this run, at rest or still on CloudFormation's way back. */
export const isFailing = (stack: Pick<StackNode, "error" | "rollingBack">): boolean =>
  hasFailed(stack) || stack.rollingBack === true;

/**
 * Names of the pending stacks that cannot begin, as one in their way has failed: to be deployed, one that they depend on
 * at any distance; to be deleted, one that depends on them.
 */
export const blockedAmong = (stacks: ReadonlyMap<string, StackNode>): ReadonlySet<string> => {
  const blocked = new Set<string>();
  const failed = [...stacks.values()].filter(isFailing);
  if (failed.length === 0) return blocked;
  const dependents = new Map<string, string[]>();
  for (const { name, dependsOn } of stacks.values()) {
    for (const below of dependsOn) {
      const known = dependents.get(below);
      if (known) known.push(name);
      else dependents.set(below, [name]);
    }
  }
  for (const { name, operation } of failed) {
    // A set that grows while it is walked meets each stack once: dependencies that are reported may go in cycles.
    const lost = new Set([name]);
    for (const next of lost) {
      const near = operation === "delete" ? stacks.get(next)?.dependsOn : dependents.get(next);
      for (const other of near ?? []) if (stacks.get(other)?.status === "pending") lost.add(other);
    }
    lost.delete(name);
    for (const other of lost) blocked.add(other);
  }
  return blocked;
};

/** Whether a pending stack cannot begin, see `blockedAmong`. */
export const isBlocked = ({ name }: StackNode, stacks: ReadonlyMap<string, StackNode>): boolean =>
  blockedAmong(stacks).has(name);

type Operated = Pick<StackNode, "operation" | "cause">;

/**
 * Whether the resource counts as failed: it has failed, whatever became of it since. Only where its stack is deployed in
 * the end, or where it is deleted as it was to be, has the failure done no harm.
 */
export const isLost = ({ status, failedBefore }: ResourceNode, { operation, cause }: Operated): boolean =>
  status === "failed" || (failedBefore === true && operation !== "delete" && cause !== undefined);

/** Whether the resource is as the stack's operation was to make it. */
export const isDone = (resource: ResourceNode, stack: Operated): boolean => {
  const { status } = resource;
  if (stack.operation === "delete") return status === "deleted" || status === "retained";
  return (status === "created" || status === "updated") && !isLost(resource, stack);
};

/** What is said of a resource: its status, and of one that has failed what becomes of it. */
export type ResourceWord =
  ResourceStatus | "failed_rolling_back" | "failed_rolled_back" | "failed_deleted" | "failed_retained";

const AFTER_FAILURE: Readonly<Partial<Record<ResourceStatus, ResourceWord>>> = {
  creating: "failed_rolling_back",
  created: "failed_rolled_back",
  updating: "failed_rolling_back",
  updated: "failed_rolled_back",
  deleted: "failed_deleted",
  retained: "failed_retained",
};

export const wordOfResource = (resource: ResourceNode, stack: Operated): ResourceWord =>
  (isLost(resource, stack) ? AFTER_FAILURE[resource.status] : undefined) ?? resource.status;

/**
 * Frames of a stack's own channel as events of the deployment that the stack belongs to: CloudFormation's words in, the
 * seeds' words out.
 */
import type { ErrorDetail, ResourceRef } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type {
  LeftResource,
  ResourceLight,
  ResourceUpdate,
  StackComplete,
  StackCounts,
  StackFrame,
} from "../../protocol/stack/stack-frames.ts";
import { boundedText, keptOutputs } from "../../protocol/bounds.ts";
import { outcomeMeant } from "../stack/operation/stack-end.ts";
import { causeText } from "../words/failure-words.ts";
import { isLightFrame } from "../stack/light-frame.ts";
import { STACK_TYPE } from "../stack/stack-event.ts";
import { isRollbackStatus, operationBegunBy, REVIEW_STATUS, standingOf } from "../stack/statuses.ts";

/** Which stack of which deployment the frames are about. */
export type Belonging = Readonly<{ deploymentId: string; environment: string; stack: string }>;

/** What a frame tells the deployment; undefined: nothing that it does not know. */
export const translated = (frame: StackFrame, belonging: Belonging): DeploymentEvent | undefined => {
  if (frame.type === "stack_complete") return endOf(frame, belonging);
  if (isLightFrame(frame)) return lightEventOf(frame, belonging);
  const { resource, stack, timestamp } = frame;
  // A hook is asked before anything is done; what comes of it the resource's own status tells.
  if (resource.hook) return undefined;
  const own = resource.type === STACK_TYPE && resource.physicalId === resource.stackId;
  if (!own) return resourceEventOf(frame, belonging);
  // Own events of nested stacks tell of a resource that their parent tells of too.
  if (resource.logicalId !== stack.name || resource.path !== stack.name) return undefined;
  if (turnsBack(frame)) {
    const { reason } = resource;
    const cause = frame.operation?.cause;
    const data = {
      ...belonging,
      ...(reason !== "" && { reason }),
      ...(cause && { cause }),
      ...estimateIn(stack),
    };
    return { type: "stack_rolling_back", timestamp, data };
  }
  switch (operationBegunBy(resource.status)) {
    case "create":
    case "update":
    case "import":
      return {
        type: "stack_deploying",
        timestamp,
        data: { ...belonging, totalResources: stack.totalResources, ...estimateIn(stack) },
      };
    case "delete":
      return {
        type: "stack_deleting",
        timestamp,
        data: {
          ...belonging,
          ...(isUncreated(resource.previousStatus) && { uncreated: true }),
          ...estimateIn(stack),
        },
      };
    case "review":
    case "unknown":
    case undefined:
      return undefined;
  }
};

const estimateIn = ({ estimate }: StackCounts) => estimate && { estimate };

/**
 * Whether CloudFormation rolls back here what it has begun: its status says so, or its channel, which knows that a deletion
 * rolls back what could not be created.
 */
const turnsBack = ({ resource: { status }, operation }: ResourceUpdate): boolean => {
  if (operation?.begins) return false;
  if (operation?.phase === "rollback") return true;
  if (operationBegunBy(status) === "delete") return operation?.begins === false;
  return isRollbackStatus(status) && status.endsWith("ROLLBACK_IN_PROGRESS");
};

/** Statuses of a stack that never came to be: it can only be deleted, whatever is to follow. */
const UNCREATED: ReadonlySet<string> = new Set([
  REVIEW_STATUS,
  "CREATE_FAILED",
  "ROLLBACK_COMPLETE",
  "ROLLBACK_FAILED",
]);

const isUncreated = (status: string | undefined): boolean => status !== undefined && UNCREATED.has(status);

const lightEventOf = (frame: ResourceLight, belonging: Belonging): DeploymentEvent => {
  const { type, timestamp, resource, stack: _stack, channel: _channel, offset: _offset, ...facts } = frame;
  return { type, timestamp, data: { ...belonging, resource: refOf(resource), ...facts } };
};

const refOf = (resource: ResourceLight["resource"]): ResourceRef => ({
  urn: resource.path,
  type: resource.type,
  name: resource.logicalId,
  ...(resource.physicalId !== "" && { id: resource.physicalId }),
});

const resourceEventOf = (
  { timestamp, resource, stack, operation }: ResourceUpdate,
  belonging: Belonging,
): DeploymentEvent | undefined => {
  const data = {
    ...belonging,
    resource: refOf(resource),
    ...(resource.reason !== "" && { reason: resource.reason }),
    ...(operation?.cause && { cause: operation.cause }),
    ...(resource.superseded && { superseded: true }),
    ...(resource.detailedStatus === "CONFIGURATION_COMPLETE" && { configured: true }),
    ...estimateIn(stack),
    totalResources: stack.totalResources,
    failedResources: stack.failedResources,
    // On CloudFormation's way back its percentage falls, and what is rolled back is done; the deployment's stays.
    ...(!isRollbackStatus(stack.status) && {
      progressPercent: stack.progress,
      completedResources: stack.completedResources,
    }),
  };
  const verb = verbOf(resource.status);
  switch (standingOf(resource.status)) {
    case "running":
      return verb && { type: `resource_${STEMS[verb]}ing`, timestamp, data };
    case "done":
      if (resource.status === "DELETE_SKIPPED") return { type: "resource_retained", timestamp, data };
      return verb && { type: `resource_${STEMS[verb]}ed`, timestamp, data };
    case "failed":
      return {
        type: "resource_failed",
        timestamp,
        data: { ...data, error: { code: resource.status, message: resource.reason || resource.status } },
      };
  }
};

type Verb = "CREATE" | "UPDATE" | "DELETE";

const STEMS = { CREATE: "creat", UPDATE: "updat", DELETE: "delet" } as const;

/** An import takes a resource in, a resource's rollback puts it back as it was: for a deployment, an update. */
const verbOf = (status: string): Verb | undefined => {
  if (status.startsWith("CREATE_")) return "CREATE";
  if (status.startsWith("DELETE_")) return "DELETE";
  return status === "" || status.startsWith("HOOK_") ? undefined : "UPDATE";
};

const endOf = (frame: StackComplete, belonging: Belonging): DeploymentEvent => {
  const { timestamp, outputs, outputsOmitted = 0, durationSeconds, stack } = frame;
  // Frames that were kept before outputs had a bound have them all.
  const kept = keptOutputs(outputs);
  const omitted = outputsOmitted + (kept.outputsOmitted ?? 0);
  const reported = { outputs: kept.outputs, ...(omitted > 0 && { outputsOmitted: omitted }) };
  switch (outcomeMeant(frame)) {
    case "deployed":
    case "deployed_with_orphans":
      return {
        type: "stack_deployed",
        timestamp,
        data: {
          ...belonging,
          status: "deployed",
          outcome: frame.outcome,
          resourcesCreated: stack.completedResources,
          ...countsOf(frame),
          durationSeconds,
          ...reported,
          ...leftBy(frame),
          ...(frame.stabilising && { stabilising: true }),
        },
      };
    case "deleted":
      return { type: "stack_deleted", timestamp, data: { ...belonging, ...leftBy(frame) } };
    case "rolled_back":
    case "failed":
    case "rollback_failed":
      return failedEventOf(frame, belonging);
  }
};

/** Characters of one reason in a list of them. */
const MOST_REASON = 1_000;

const bounded = (left: readonly LeftResource[]): LeftResource[] =>
  left.map((resource) => ({ ...resource, reason: boundedText(resource.reason, MOST_REASON) }));

/** What an end leaves behind. */
export const leftBy = ({ orphans = [], retained = [] }: StackComplete) => ({
  ...(orphans.length > 0 && { orphans: bounded(orphans) }),
  ...(retained.length > 0 && { retained: bounded(retained) }),
});

/** Of a way back what is done is rolled back: nothing of it counts as done. */
const countsOf = ({ stack, outcome }: StackComplete) => ({
  totalResources: stack.totalResources,
  failedResources: stack.failedResources,
  ...(outcome !== "rolled_back" &&
    outcome !== "rollback_failed" && { completedResources: stack.completedResources }),
});

/** The end of a stack that has not come to what it was to come to. */
export const failedEventOf = (
  frame: StackComplete,
  belonging: Belonging,
): DeploymentEventOf<"stack_failed"> => {
  const { timestamp, cause, rollbackCause, cancelled } = frame;
  return {
    type: "stack_failed",
    timestamp,
    data: {
      ...belonging,
      error: errorOf(frame),
      outcome: outcomeMeant(frame),
      ...(cause && { cause }),
      ...(rollbackCause && { rollbackCause }),
      ...(cancelled && { cancelled }),
      ...countsOf(frame),
      ...leftBy(frame),
    },
  };
};

const errorOf = (frame: StackComplete): ErrorDetail => {
  const { stack, cause } = frame;
  const outcome = outcomeMeant(frame);
  return {
    code: isRefused(frame) ? "DELETE_REFUSED" : stack.status,
    message: cause ? causeText(cause) : `The stack has ended as ${outcome}`,
    ...(cause && { details: `${cause.type} ${cause.status}` }),
  };
};

/** A deletion that CloudFormation does not begin leaves the stack as it was. */
const isRefused = ({ outcome, stack: { status } }: StackComplete): boolean =>
  outcome === "failed" && status.endsWith("_COMPLETE");

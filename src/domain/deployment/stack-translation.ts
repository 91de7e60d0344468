/**
 * Frames of a stack's own channel as events of the deployment that the stack belongs to: CloudFormation's words in, the
 * seeds' words out.
 */
import type { DeploymentEvent, ErrorDetail, ResourceRef } from "../../protocol/deployment-events.ts";
import type { Cause, ResourceUpdate, StackComplete, StackFrame } from "../../protocol/stack-frames.ts";
import { keptOutputs } from "../../protocol/bounds.ts";
import { outcomeMeant } from "../stack-end.ts";
import { STACK_TYPE } from "../stack-event.ts";
import { isRollbackStatus, operationBegunBy, REVIEW_STATUS, standingOf } from "../statuses.ts";

/** Which stack of which deployment the frames are about. */
export type Belonging = Readonly<{ deploymentId: string; environment: string; stack: string }>;

/** What a frame tells the deployment; undefined: nothing that it does not know. */
export const translated = (frame: StackFrame, belonging: Belonging): DeploymentEvent | undefined => {
  if (frame.type === "stack_complete") return endOf(frame, belonging);
  const { resource, stack, timestamp } = frame;
  // A hook is asked before anything is done; what comes of it the resource's own status tells.
  if (resource.hook) return undefined;
  const own = resource.type === STACK_TYPE && resource.physicalId === resource.stackId;
  if (!own) return resourceEventOf(frame, belonging);
  // Own events of nested stacks tell of a resource that their parent tells of too.
  if (resource.logicalId !== stack.name || resource.path !== stack.name) return undefined;
  switch (operationBegunBy(resource.status)) {
    case "create":
    case "update":
    case "import":
      return {
        type: "stack_deploying",
        timestamp,
        data: { ...belonging, totalResources: stack.totalResources },
      };
    case "delete":
      return {
        type: "stack_deleting",
        timestamp,
        data: { ...belonging, ...(isUncreated(resource.previousStatus) && { uncreated: true }) },
      };
    case "review":
    case "unknown":
    case undefined:
      return undefined;
  }
};

/** Statuses of a stack that never came to be: it can only be deleted, whatever is to follow. */
const UNCREATED: ReadonlySet<string> = new Set([
  REVIEW_STATUS,
  "CREATE_FAILED",
  "ROLLBACK_COMPLETE",
  "ROLLBACK_FAILED",
]);

const isUncreated = (status: string | undefined): boolean => status !== undefined && UNCREATED.has(status);

const resourceEventOf = (
  { timestamp, resource, stack }: ResourceUpdate,
  belonging: Belonging,
): DeploymentEvent | undefined => {
  const ref: ResourceRef = {
    urn: resource.path,
    type: resource.type,
    name: resource.logicalId,
    ...(resource.physicalId !== "" && { id: resource.physicalId }),
  };
  const data = {
    ...belonging,
    resource: ref,
    ...(resource.reason !== "" && { reason: resource.reason }),
    // On CloudFormation's way back its percentage falls; the deployment's stays where it was.
    ...(!isRollbackStatus(stack.status) && {
      progressPercent: stack.progress,
      totalResources: stack.totalResources,
    }),
  };
  const verb = verbOf(resource.status);
  switch (standingOf(resource.status)) {
    case "running":
      return verb && { type: `resource_${STEMS[verb]}ing`, timestamp, data };
    case "done":
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
  const told = { outputs: kept.outputs, ...(omitted > 0 && { outputsOmitted: omitted }) };
  switch (outcomeMeant(frame)) {
    case "deployed":
    case "deployed_with_orphans":
      return {
        type: "stack_deployed",
        timestamp,
        data: {
          ...belonging,
          status: "deployed",
          resourcesCreated: stack.completedResources,
          durationSeconds,
          ...told,
        },
      };
    case "deleted":
      return { type: "stack_deleted", timestamp, data: belonging };
    case "rolled_back":
    case "failed":
    case "rollback_failed":
      return failureOf(frame, belonging);
  }
};

const failureOf = (
  { timestamp, stack, outcome, cause }: StackComplete,
  belonging: Belonging,
): DeploymentEvent => ({
  type: "stack_failed",
  timestamp,
  data: { ...belonging, error: errorOf(stack.status, outcome, cause), ...(cause && { cause }) },
});

const errorOf = (status: string, outcome: string, cause: Cause | undefined): ErrorDetail => ({
  code: status,
  message: cause ? `${cause.path}: ${cause.reason || cause.status}` : `The stack has ended as ${outcome}`,
  ...(cause && { details: `${cause.type} ${cause.status}` }),
});

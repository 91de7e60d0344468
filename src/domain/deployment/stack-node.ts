/** A deployment's stack, event by event. */
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentStatus, LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { STACK_TYPE } from "../stack/stack-event.ts";
import {
  LOG_LINES,
  shortened,
  type ResourceNode,
  type StackEnding,
  type StackNode,
} from "./deployment-state.ts";
import { logLineOf } from "../words/event-words.ts";
import type { Drafts } from "./drafts.ts";
import { countedBy, type ReportedCounts } from "./totals/resource-counts.ts";
import {
  isUnderway,
  nodeKeyOf,
  resourcesAfterEvent,
  resourcesLitBy,
  type LightEvent,
  type ResourceEvent,
} from "./resource-node.ts";
import { STACK_STATUS_AFTER } from "./status-after.ts";

/** A stack of which nothing but its place is known. */
export const newStackNode = (name: string, layer: number, dependsOn: readonly string[]): StackNode => ({
  name,
  layer,
  dependsOn,
  status: "pending",
  reachedPercent: 0,
  totalResources: 0,
  resources: new Map(),
  logs: [],
});

/** A stack's operation is counted again, and what the one before it came to is void. */
const begunAgain = ({
  endTime: _end,
  counted: _counted,
  rollingBack: _rollingBack,
  ending: _ending,
  estimate: _estimate,
  ...stack
}: StackNode): StackNode => ({ ...stack, reachedPercent: 0, totalResources: 0, resources: new Map() });

/** What an event of an end may tell; some tell nothing of it but that it came. */
type Ending = StackEnding & ReportedCounts & Readonly<{ stack: string }>;

/** The stack once its operation has come to rest. */
const atRest = (
  { rollingBack: _rollingBack, estimate: _estimate, ...stack }: StackNode,
  { timestamp, data }: Readonly<{ timestamp: string; data: Ending }>,
): StackNode => {
  const ending = endingOf(data);
  return { ...stack, ...countedBy(stack, data), endTime: timestamp, ...(ending && { ending }) };
};

const ENDING_FIELDS = [
  "outcome",
  "rollbackCause",
  "cancelled",
  "orphans",
  "retained",
  "stabilising",
] as const satisfies readonly (keyof StackEnding)[];

/** What an event tells of an end; undefined: nothing. */
const endingOf = (data: StackEnding): StackEnding | undefined => {
  const reported = ENDING_FIELDS.filter((field) => data[field] !== undefined);
  if (reported.length === 0) return undefined;
  const ending: StackEnding = Object.fromEntries(reported.map((field) => [field, data[field]]));
  const { rollbackCause } = ending;
  return rollbackCause ? { ...ending, rollbackCause: shortenedCause(rollbackCause) } : ending;
};

const estimateIn = ({ estimate }: Readonly<{ estimate?: Estimate | undefined }>) => estimate && { estimate };

const REVERTED = { code: "STACK_DELETED", message: "The stack was deleted while it was being deployed" };

export type StackStatusEvent = Extract<DeploymentEvent, { type: `stack_${string}` }>;

/** The stack after an event of its own; `going`: where its deployment goes. */
export const stackAfter = (stack: StackNode, event: StackStatusEvent, going: DeploymentStatus): StackNode => {
  const to = STACK_STATUS_AFTER[event.type];
  const reported = { ...stack, status: to, logs: withLine(stack, event) };
  const unended = begunAgain(reported);
  switch (event.type) {
    case "stack_deploying": {
      const { layer = stack.layer, dependencies = stack.dependsOn, totalResources = 0 } = event.data;
      const { error: _error, cause: _cause, ...restarted } = unended;
      return {
        ...restarted,
        operation: "deploy",
        startTime: event.timestamp,
        layer,
        dependsOn: dependencies,
        totalResources,
        ...estimateIn(event.data),
      };
    }
    case "stack_deleting": {
      const startTime = stack.startTime ?? event.timestamp;
      // As CloudFormation does with a stack that could not be created, if it is asked to.
      const isRevertedByEnd =
        stack.status === "deploying" && going !== "rolling_back" && going !== "cancelling";
      const reverted = isRevertedByEnd && { error: REVERTED };
      return { ...unended, operation: "delete", startTime, ...reverted, ...estimateIn(event.data) };
    }
    case "stack_deployed": {
      const { outputs, outputsOmitted } = event.data;
      // What failed on the way has done no harm.
      const { cause: _cause, ...well } = atRest(reported, event);
      return { ...well, reachedPercent: 100, ...(outputs && { outputs, outputsOmitted }) };
    }
    case "stack_rolling_back": {
      const { cause } = event.data;
      const { estimate: _estimate, ...turned } = reported;
      const why = cause && { cause: shortenedCause(cause) };
      return { ...turned, rollingBack: true, ...why, ...estimateIn(event.data) };
    }
    case "stack_failed": {
      const cause = event.data.cause ? shortenedCause(event.data.cause) : stack.cause;
      // What cannot be deleted on the way up keeps those from beginning that depend on it.
      const fallback = going === "destroying" ? "delete" : "deploy";
      const operation = going === "deploying" ? "deploy" : (stack.operation ?? fallback);
      const error = shortenedError(event.data.error);
      return { ...atRest(reported, event), operation, error, ...(cause && { cause }) };
    }
    case "stack_skipped":
    case "stack_deleted":
    case "stack_rolled_back":
      return { ...atRest(reported, event), reachedPercent: 100 };
  }
};

/** The stack after an event of one of its resources. */
export const stackAfterResource = (stack: StackNode, event: ResourceEvent, drafts: Drafts): StackNode => {
  const key = nodeKeyOf(event.data.resource);
  const before = stack.resources.get(key);
  const done = doneIn(stack.resources);
  const resources = resourcesAfterEvent(stack.resources, event, drafts);
  doneOf.set(resources, done + doneBy(resources.get(key)) - doneBy(before));
  const cause = firstCause(stack.cause, event);
  const { estimate: known, ...rest } = stack;
  const { estimate } = event.data;
  const after = {
    ...rest,
    resources,
    ...countedBy(stack, event.data),
    ...(cause && { cause }),
    // The newest event of a commit tells it.
    ...estimateIn({ estimate: estimate ?? known }),
  };
  const percent = stack.rollingBack ? 0 : (event.data.progressPercent ?? percentCounted(after));
  return {
    ...after,
    logs: withLine(stack, event),
    // 100 is for the stack's own end to say.
    reachedPercent: Math.max(stack.reachedPercent, Math.min(99, Math.floor(percent))),
  };
};

/** The stack after one of its resources was reported to take long. */
export const stackAfterLight = (stack: StackNode, event: LightEvent, drafts: Drafts): StackNode => ({
  ...stack,
  resources: resourcesLitBy(stack.resources, event, drafts),
  logs: withLine(stack, event),
});

/** Without a total nobody knows how much is to come. */
const percentCounted = (stack: StackNode): number => {
  const { totalResources, resources } = stack;
  // What is done after a failure rolls back what was done before.
  if (totalResources === 0 || stack.cause) return 0;
  return (100 * doneIn(resources)) / Math.max(totalResources, resources.size);
};

/** How many of these resources nothing is being done to: counted once, then kept up event by event. */
const doneOf = new WeakMap<ReadonlyMap<string, ResourceNode>, number>();

const doneBy = (resource: ResourceNode | undefined): 0 | 1 => (resource && !isUnderway(resource) ? 1 : 0);

const doneIn = (resources: ReadonlyMap<string, ResourceNode>): number => {
  const known = doneOf.get(resources);
  if (known !== undefined) return known;
  let done = 0;
  for (const resource of resources.values()) done += doneBy(resource);
  doneOf.set(resources, done);
  return done;
};

/** What the stack says of its own failure is no cause as soon as a resource is known that has failed. */
const firstCause = (known: Cause | undefined, event: ResourceEvent): Cause | undefined => {
  const { cause } = event.data;
  if (cause) return shortenedCause(cause);
  return known && known.type !== STACK_TYPE ? known : (reportedCause(event) ?? known);
};

/** A failed resource is the cause of its stack's failure, unless the stack's own end names another. */
const reportedCause = ({ type, timestamp, data }: ResourceEvent): Cause | undefined =>
  type === "resource_failed"
    ? {
        logicalId: data.resource.name,
        path: data.resource.urn ?? data.resource.name,
        type: data.resource.type,
        physicalId: data.resource.id ?? "",
        stackId: "",
        status: "failed",
        reason: shortened(data.error?.message ?? data.reason ?? ""),
        timestamp,
      }
    : undefined;

const shortenedCause = (cause: Cause): Cause => ({ ...cause, reason: shortened(cause.reason) });

const shortenedError = (error: ErrorDetail): ErrorDetail => ({
  ...error,
  message: shortened(error.message),
  ...(error.details !== undefined && { details: shortened(error.details) }),
});

const withLine = (stack: StackNode, event: DeploymentEvent): readonly LogEntry[] => {
  const line = logLineOf(event);
  return [...stack.logs, { ...line, message: shortened(line.message) }].slice(-LOG_LINES);
};

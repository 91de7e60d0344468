/**
 * What a deployment's channel says: the seeds' events with their data, plus the fields that make every state follow
 * from them. Durable events have an offset and are never dropped; `*_progress` are transient and may be.
 */
import * as z from "zod";
import { estimateSchema } from "../estimate.ts";
import { lightFacts } from "../light.ts";
import { MOST_LEFT_RESOURCES, outcomes } from "../stack/stack-frames.ts";
import {
  blastSchema,
  deploymentModes,
  errorDetailSchema,
  eventFields,
  failureModes,
  leavings,
  momentSchema,
  ofDeployment,
  ofStack,
  outputsSchema,
  plannedStackSchema,
  resourceSchema,
  runOrders,
  sentAdviceSchema,
  sentCauseSchema,
  sentLeftSchema,
  stackKeys,
} from "./deployment-event-parts.ts";
import { MAX_STACKS } from "./deployment-limits.ts";
import { runSourceSchema } from "./run-source.ts";

const { seconds, count, layer, text, word } = eventFields;

const event = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: momentSchema, data });

const counts = {
  totalStacks: count.optional(),
  deployedStacks: count.optional(),
  skippedStacks: count.optional(),
  failedStacks: count.optional(),
  durationSeconds: seconds.optional(),
};

const deploymentEnd = z.object({
  ...ofDeployment,
  status: word.optional(),
  ...counts,
  /** Who had it done, where somebody did. */
  user: text.optional(),
  error: errorDetailSchema.optional(),
  cause: sentCauseSchema.optional(),
  /** What keeps CloudFormation from rolling back what has failed. */
  rollbackCause: sentCauseSchema.optional(),
  blast: blastSchema.optional(),
  ...leavings,
});

/** A deploy that waits for the end of the run that is under way. */
const queuedDeploy = z.object({ ...ofDeployment, id: word, user: text.optional() });

/** Why a deploy waits no more without having begun. */
const dequeueReasons = ["replaced", "cancelled", "refused"] as const;

/** A stack's own count of its operation's resources; of its way back, those that are done are not reported. */
const stackCounts = {
  totalResources: count.optional(),
  completedResources: count.optional(),
  failedResources: count.optional(),
};

/** How much longer the stack's operation takes, if whoever tells of it knows. */
const stackEstimate = { estimate: estimateSchema.optional() };

const resourceEvent = z.object({
  ...ofStack,
  ...stackEstimate,
  resource: resourceSchema,
  durationSeconds: seconds.optional(),
  reason: text.optional(),
  error: errorDetailSchema.optional(),
  /** What its stack fails by, if this changes it. */
  cause: sentCauseSchema.optional(),
  /** The resource stands as it stood: this was learnt late, or is about an instance that was replaced. */
  superseded: z.boolean().optional(),
  /** Its configuration is done: what depends on it may begin, and only its becoming stable is waited for. */
  configured: z.boolean().optional(),
  /** Where the resource's stack stands, if whoever tells of it knows: percent, and the resources of its operation. */
  progressPercent: z.number().min(0).max(100).optional(),
  ...stackCounts,
});

/** Something takes longer than usual, or is stuck. */
const lightEvent = z.object({
  ...ofStack,
  resource: resourceSchema,
  ...lightFacts,
  failsAt: momentSchema.optional(),
  advice: sentAdviceSchema.optional(),
});

const leftResources = z.array(sentLeftSchema).max(MOST_LEFT_RESOURCES);

/** Of a stack that joins a group's run by this: where in AWS it is. */
const placeOfJoined = {
  stackName: word.optional(),
  account: word.optional(),
  region: word.optional(),
};

/** What a stack leaves behind: what could not be deleted, and what was to be kept. */
const stackLeavings = { orphans: leftResources.optional(), retained: leftResources.optional() };

const stackEvent = z.object({ ...ofStack, reason: text.optional() });

/** The durable events. Fields beyond these are accepted and not kept. */
export const deploymentEventSchema = z.discriminatedUnion("type", [
  event(
    "deployment_started",
    z.object({
      ...ofDeployment,
      totalStacks: count.optional(),
      totalLayers: count.optional(),
      estimatedDuration: seconds.optional(),
      run: z.number().int().positive().optional(),
      mode: z.enum(deploymentModes).optional(),
      /** Its stacks were put together by rules: others may join, and it ends once all have rested for a while. */
      grouped: z.boolean().optional(),
      owner: z.string().max(320).optional(),
      user: text.optional(),
      source: runSourceSchema.optional(),
      onFailure: z.enum(failureModes).optional(),
      /** Said of runs that Stackcast deploys layer by layer. */
      order: z.enum(runOrders).optional(),
      /** The id under which it waited, where it did. */
      queued: word.optional(),
      stacks: z.array(plannedStackSchema).max(MAX_STACKS).optional(),
    }),
  ),
  event("deployment_validating", z.object(ofDeployment)),
  event("deployment_complete", deploymentEnd),
  event(
    "deployment_failed",
    deploymentEnd.extend({
      /** All is rolled back next, so that the run is not over. */
      willRollBack: z.boolean().optional(),
    }),
  ),
  event("deployment_rolling_back", deploymentEnd),
  event("deployment_rolled_back", deploymentEnd),
  event("deployment_cancelling", deploymentEnd),
  event("deployment_cancelled", deploymentEnd),
  event("deployment_destroying", deploymentEnd),
  event("deployment_destroyed", deploymentEnd),
  event("deployment_queued", queuedDeploy.extend({ totalStacks: count.optional() })),
  event(
    "deployment_dequeued",
    queuedDeploy.extend({
      reason: z.enum(dequeueReasons),
      /** Who replaced or cancelled it. */
      by: text.optional(),
      error: errorDetailSchema.optional(),
    }),
  ),
  event(
    "layer_started",
    z.object({
      ...ofDeployment,
      layer,
      totalLayers: count.optional(),
      stacks: stackKeys.optional(),
    }),
  ),
  event(
    "layer_complete",
    z.object({
      ...ofDeployment,
      layer,
      deployedStacks: count.optional(),
      failedStacks: count.optional(),
      /** That do not begin any more, as one in their way has failed. */
      unbegunStacks: count.optional(),
      durationSeconds: seconds.optional(),
    }),
  ),
  event(
    "stack_deploying",
    z.object({
      ...ofStack,
      layer: layer.optional(),
      dependencies: stackKeys.optional(),
      totalResources: count.optional(),
      reason: text.optional(),
      ...stackEstimate,
      ...placeOfJoined,
    }),
  ),
  event(
    "stack_deployed",
    z.object({
      ...ofStack,
      status: word.optional(),
      outcome: z.enum(outcomes).optional(),
      resourcesCreated: count.optional(),
      ...stackCounts,
      durationSeconds: seconds.optional(),
      outputs: outputsSchema.optional(),
      /** Outputs that are not sent for want of room. */
      outputsOmitted: count.positive().optional(),
      ...stackLeavings,
      stabilising: z.boolean().optional(),
    }),
  ),
  event(
    "stack_failed",
    z.object({
      ...ofStack,
      error: errorDetailSchema,
      outcome: z.enum(outcomes).optional(),
      cause: sentCauseSchema.optional(),
      /** What keeps CloudFormation's rollback from succeeding. */
      rollbackCause: sentCauseSchema.optional(),
      /** Its user cancelled the update: nothing needs a fix. */
      cancelled: z.boolean().optional(),
      ...stackCounts,
      ...stackLeavings,
    }),
  ),
  event(
    "stack_rolling_back",
    stackEvent.extend({
      ...stackEstimate,
      /** The first failure, as far as it is known. */
      cause: sentCauseSchema.optional(),
    }),
  ),
  event("stack_skipped", stackEvent),
  event(
    "stack_deleting",
    stackEvent.extend({
      ...stackEstimate,
      /** Its creation had failed: it may be deleted only to be created again. */
      uncreated: z.boolean().optional(),
      ...placeOfJoined,
    }),
  ),
  event("stack_deleted", stackEvent.extend({ retained: leftResources.optional() })),
  event("stack_rolled_back", stackEvent.extend(stackLeavings)),
  event("resource_creating", resourceEvent),
  event("resource_created", resourceEvent),
  event("resource_updating", resourceEvent),
  event("resource_updated", resourceEvent),
  event("resource_deleting", resourceEvent),
  event("resource_deleted", resourceEvent),
  event("resource_retained", resourceEvent),
  event("resource_failed", resourceEvent),
  event("resource_slow", lightEvent),
  event("resource_stuck", lightEvent),
]);

/** A durable event before it has its place in a channel. */
export type DeploymentEvent = Readonly<z.infer<typeof deploymentEventSchema>>;

/** An event read back: it was checked before it was kept, and a rule that came later must not hide it. */
export const keptEventSchema = z.custom<DeploymentEvent>(
  (value) => typeof value === "object" && value !== null && "type" in value && "data" in value,
);

export type DeploymentEventOf<Type extends DeploymentEvent["type"]> = Extract<
  DeploymentEvent,
  { type: Type }
>;

/** A durable event as the channel gives it. */
export type DeploymentFrame = DeploymentEvent & Readonly<{ channel: string; offset: number }>;

/**
 * What a stack's channel says: the durable events of a stack, in the seeds' shape, and the error that is not one.
 * `channel` and `offset` are ours; clients of the classic protocol ignore them.
 */
import * as z from "zod";
import { estimateSchema } from "../estimate.ts";
import { evidenceSchema, MOST_EVIDENCE } from "../evidence.ts";
import { adviceSchema, lightFacts, lightSchema } from "../light.ts";

/** ISO 8601 UTC with milliseconds; AWS's own where AWS gave one. */
const timestamp = z.string();

const position = {
  channel: z.string(),
  /** Dense per channel, from 1. */
  offset: z.number().int().positive(),
};

/** The counts of one operation as of a frame. The stack itself is not counted, resources of nested stacks are. */
export const stackCountsSchema = z.object({
  name: z.string(),
  status: z.string(),
  totalResources: z.number().int(),
  completedResources: z.number().int(),
  inProgressResources: z.number().int(),
  failedResources: z.number().int(),
  /** Percent; falls only when a rollback begins, 100 only at the end. */
  progress: z.number().int().min(0).max(100),
  /**
   * How much longer its operation takes, as of the frame: in the newest frame of a commit. Without it that is as before, until the
   * operation's own status changes; absent at rest, and where nothing is known.
   */
  estimate: estimateSchema.optional(),
});

export type StackCounts = Readonly<z.infer<typeof stackCountsSchema>>;

const resourceViewSchema = z.object({
  logicalId: z.string(),
  type: z.string(),
  status: z.string(),
  /** Empty until AWS gave one. */
  physicalId: z.string(),
  /** The stack's percentage, as in the seeds. */
  progress: z.number().int().min(0).max(100),
  /** Empty if AWS gave none. */
  reason: z.string(),
  /** Logical ids from the root stack's resource down: `Parent/Child/LogicalId`. */
  path: z.string(),
  /** ARN of the stack that holds the resource. */
  stackId: z.string(),
  detailedStatus: z.string().optional(),
  /** The event leaves the resource as it stands: AWS showed it late, or it is about an instance that was replaced. */
  superseded: z.literal(true).optional(),
  /** Of the stack itself as its deletion begins: the status that it had until then, where AWS still shows that. */
  previousStatus: z.string().optional(),
  hook: z
    .object({
      type: z.string(),
      status: z.string(),
      reason: z.string(),
      invocationPoint: z.string(),
      failureMode: z.string(),
    })
    .optional(),
});

/** A resource as its newest event, in AWS's order, left it. */
export const trackedResourceSchema = resourceViewSchema
  .pick({
    logicalId: true,
    type: true,
    status: true,
    physicalId: true,
    reason: true,
    path: true,
    stackId: true,
    hook: true,
  })
  .extend({
    /** Of the first event of it in the operation; absent for what is planned and not started. */
    startedAt: z.string().optional(),
    updatedAt: z.string().optional(),
    /** When it began what it does now, if it has done something else before in the operation. */
    since: z.string().optional(),
    /** How it failed, once a rollback does more to it. */
    failure: z.object({ status: z.string(), reason: z.string() }).optional(),
    /** It takes longer than usual, or is stuck; gone once it is done. */
    light: lightSchema.optional(),
  });

export type ShownResource = Readonly<z.infer<typeof trackedResourceSchema>>;

/** What a stack is doing: the change itself, deleting what the change replaced, or taking the change back. */
export const phases = ["forward", "cleanup", "rollback"] as const;

/** The first failure of an operation that is not the consequence of another. */
export const causeSchema = z.object({
  logicalId: z.string(),
  path: z.string(),
  type: z.string(),
  physicalId: z.string(),
  stackId: z.string(),
  status: z.string(),
  reason: z.string(),
  timestamp,
  /** What is known of failures like this one. */
  advice: adviceSchema.optional(),
  /** What was found out while it could still be seen. */
  evidence: z.array(evidenceSchema).max(MOST_EVIDENCE).optional(),
});

export type Cause = Readonly<z.infer<typeof causeSchema>>;

export const outcomes = [
  "deployed",
  "deployed_with_orphans",
  "rolled_back",
  "failed",
  "rollback_failed",
  "deleted",
] as const;

export type Outcome = (typeof outcomes)[number];

/** A resource that is still there although the operation let go of it. */
export const leftResourceSchema = z.object({
  logicalId: z.string(),
  path: z.string(),
  type: z.string(),
  physicalId: z.string(),
  status: z.string(),
  reason: z.string(),
});

export type LeftResource = Readonly<z.infer<typeof leftResourceSchema>>;

/** Entries that a list of left resources has at most. */
export const MOST_LEFT_RESOURCES = 100;

/** What is reported of an operation that failed or left something behind; REST tells the same. */
export const endingFacts = {
  cause: causeSchema.optional(),
  /** What keeps the rollback from succeeding: the first failure within it that is not the consequence of another. */
  rollbackCause: causeSchema.optional(),
  /** The user cancelled the update: nothing needs a fix. */
  cancelled: z.literal(true).optional(),
  /** What could not be deleted. */
  orphans: z.array(leftResourceSchema).max(MOST_LEFT_RESOURCES).optional(),
  /** What was kept as its template says (`DELETE_SKIPPED`). */
  retained: z.array(leftResourceSchema).max(MOST_LEFT_RESOURCES).optional(),
  /** Express mode: resources may go on becoming available. */
  stabilising: z.literal(true).optional(),
};

/**
 * What an event changed of the operation as a whole, where that does not follow from the event itself and from what was
 * reported before. What is absent is as it follows; `null`: there is none any more.
 */
const operationChangeSchema = z.object({
  /** Whether a new attempt begins here: what was known of the one before is void. */
  begins: z.boolean().optional(),
  stackId: z.string().optional(),
  /** AWS's time of the operation's start. */
  startedAt: timestamp.optional(),
  phase: z.enum(phases).optional(),
  endedAt: timestamp.nullable().optional(),
  durationSeconds: z.number().nullable().optional(),
  outcome: z.enum(outcomes).nullable().optional(),
  outputs: z.record(z.string(), z.string()).optional(),
  cause: endingFacts.cause.nullable(),
  rollbackCause: endingFacts.rollbackCause.nullable(),
  cancelled: endingFacts.cancelled.nullable(),
  orphans: endingFacts.orphans.nullable(),
  retained: endingFacts.retained.nullable(),
  stabilising: endingFacts.stabilising.nullable(),
  /** Nobody knows any more how much longer it takes. */
  estimate: z.null().optional(),
});

export type OperationChange = Readonly<z.infer<typeof operationChangeSchema>>;

export const resourceUpdateSchema = z.object({
  type: z.literal("resource_update"),
  timestamp,
  resource: resourceViewSchema,
  stack: stackCountsSchema,
  operation: operationChangeSchema.optional(),
  /** Resources that this event, which AWS showed late, puts right: each as it stands now. */
  corrected: z.array(trackedResourceSchema).optional(),
  ...position,
});

export type ResourceUpdate = Readonly<z.infer<typeof resourceUpdateSchema>>;

export const stackCompleteSchema = z.object({
  type: z.literal("stack_complete"),
  /** Of the stack's last own event. */
  timestamp,
  stack: stackCountsSchema,
  outcome: z.enum(outcomes),
  outputs: z.record(z.string(), z.string()),
  /** Outputs that are not sent for want of room. */
  outputsOmitted: z.number().int().positive().optional(),
  durationSeconds: z.number(),
  ...endingFacts,
  ...position,
});

export type StackComplete = Readonly<z.infer<typeof stackCompleteSchema>>;

const lightFrame = <Type extends string>(type: Type) =>
  z.object({
    type: z.literal(type),
    /** When it was noticed, by our own clock. */
    timestamp,
    resource: resourceViewSchema
      .pick({ logicalId: true, type: true, status: true, physicalId: true, path: true, stackId: true })
      // The instance that was replaced is deleted: the resource itself stands as it stood.
      .extend({ superseded: z.literal(true).optional() }),
    stack: stackCountsSchema,
    ...lightFacts,
    ...position,
  });

/** What CloudFormation does to a resource takes longer than it does nearly always. */
export const resourceSlowSchema = lightFrame("resource_slow");

/** It takes so long that it will hardly end well by itself. */
export const resourceStuckSchema = lightFrame("resource_stuck");

export type ResourceLight = Readonly<
  z.infer<typeof resourceSlowSchema> | z.infer<typeof resourceStuckSchema>
>;

export const stackFrameSchema = z.discriminatedUnion("type", [
  resourceUpdateSchema,
  resourceSlowSchema,
  resourceStuckSchema,
  stackCompleteSchema,
]);

/** A durable event of a stack's channel. */
export type StackFrame = ResourceUpdate | ResourceLight | StackComplete;

export const troubleFrameSchema = z.object({
  type: z.literal("error"),
  timestamp,
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
});

/** Trouble with AWS, sent to all viewers; transient, so without an offset. */
export type TroubleFrame = Readonly<z.infer<typeof troubleFrameSchema>>;

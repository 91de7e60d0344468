/** A deployment and its stacks as REST and snapshots show them: the seeds' interfaces and the fields of their samples. */
import * as z from "zod";
import { estimateSchema } from "../estimate.ts";
import { lightSchema } from "../light.ts";
import {
  blastSchema,
  deploymentModes,
  errorDetailSchema,
  leavings,
  resourceSchema,
  runOrders,
} from "./deployment-event-parts.ts";
import { runSourceSchema } from "./run-source.ts";
import { outputValueSchema } from "../stack/output-value.ts";
import { causeSchema, leftResourceSchema, outcomes } from "../stack/stack-frames.ts";

export const deploymentStates = [
  "initializing",
  "validating",
  "deploying",
  "deployed",
  "failed",
  "rolling_back",
  "rolled_back",
  "cancelling",
  "cancelled",
  "destroying",
  "destroyed",
] as const;

export type DeploymentStatus = (typeof deploymentStates)[number];

export const stackStates = [
  "pending",
  "deploying",
  "deployed",
  "failed",
  "skipped",
  "deleting",
  "deleted",
  "rolled_back",
] as const;

export type StackStatus = (typeof stackStates)[number];

const logEntrySchema = z.object({
  timestamp: z.string(),
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});

export type LogEntry = Readonly<z.infer<typeof logEntrySchema>>;

/** Why AWS lets nobody see a stack, and since when: what was begun in it may go on all the same. */
const lostSightSchema = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  since: z.string(),
});

export type LostSight = Readonly<z.infer<typeof lostSightSchema>>;

export const stackProgressSchema = z.object({
  name: z.string(),
  stack: z.string(),
  deploymentId: z.string(),
  environment: z.string(),
  status: z.enum(stackStates),
  layer: z.number().int(),
  dependsOn: z.array(z.string()),
  startTime: z.string().optional(),
  endTime: z.string().optional(),
  durationSeconds: z.number().optional(),
  progressPercent: z.number().int(),
  currentResource: z.string().optional(),
  resources: z.object({
    total: z.number().int(),
    created: z.number().int(),
    failed: z.number().int(),
    current: z.string().optional(),
  }),
  /** The last 50 lines; all of them are in the events. */
  logs: z.array(logEntrySchema),
  error: errorDetailSchema.optional(),
  cause: causeSchema.optional(),
  /** CloudFormation rolls it back: it has failed, and has not come to rest. */
  rollingBack: z.boolean().optional(),
  /** What keeps that from succeeding. */
  rollbackCause: causeSchema.optional(),
  /** Its user cancelled the update: nothing needs a fix. */
  cancelled: z.boolean().optional(),
  /** How its own operation ended, where CloudFormation reported. */
  outcome: z.enum(outcomes).optional(),
  /** What could not be deleted. */
  orphans: z.array(leftResourceSchema).optional(),
  /** What was kept although it left the stack, as its template says. */
  retained: z.array(leftResourceSchema).optional(),
  /** Resources of it may still become available (Express mode). */
  stabilising: z.boolean().optional(),
  /** How much longer its operation takes. */
  estimate: estimateSchema.optional(),
  /** The first of its resources that take longer than usual, or are stuck. */
  lights: z.array(lightSchema.extend({ resource: resourceSchema })).optional(),
  outputs: z.record(z.string(), outputValueSchema).optional(),
  /** Outputs that are not sent for want of room. */
  outputsOmitted: z.number().int().positive().optional(),
  /** AWS lets nobody see it now: what is shown is what was known before. */
  trouble: lostSightSchema.optional(),
  stackName: z.string().optional(),
  /** Absent: that of the Worker's own credentials. */
  account: z.string().optional(),
  region: z.string().optional(),
});

export type StackProgress = Readonly<z.infer<typeof stackProgressSchema>>;

/** A deploy that waits for the end of the run that is under way. */
const queuedDeploySchema = z.object({
  id: z.string(),
  since: z.string(),
  user: z.string().optional(),
  totalStacks: z.number().int().optional(),
});

export type QueuedDeploy = Readonly<z.infer<typeof queuedDeploySchema>>;

export const deploymentProgressSchema = z.object({
  deploymentId: z.string(),
  environment: z.string(),
  run: z.number().int(),
  mode: z.enum(deploymentModes),
  owner: z.string().optional(),
  user: z.string().optional(),
  source: runSourceSchema.optional(),
  /** `layers`: its stacks wait for whole layers. Absent: for those that they depend on. */
  order: z.enum(runOrders).optional(),
  /** The deploy that waits for the end of this run. */
  queued: queuedDeploySchema.optional(),
  status: z.enum(deploymentStates),
  startTime: z.string(),
  endTime: z.string().optional(),
  currentLayer: z.number().int().optional(),
  totalLayers: z.number().int(),
  currentStack: z.string().optional(),
  summary: z.object({
    totalStacks: z.number().int(),
    deployedStacks: z.number().int(),
    failedStacks: z.number().int(),
    skippedStacks: z.number().int(),
    progressPercent: z.number().int(),
  }),
  stacks: z.record(z.string(), stackProgressSchema),
  metrics: z.object({
    durationSeconds: z.number(),
    /** Seconds: the median of `estimate`. */
    estimatedTimeRemaining: z.number().optional(),
    /** How much longer the run, or its way back, takes. */
    estimate: estimateSchema.optional(),
    resourcesCreated: z.number().int(),
    resourcesFailed: z.number().int(),
    /** Resources finished a minute. */
    throughput: z.number(),
    /** Stack-seconds by wall-seconds: how much ran in parallel. */
    efficiency: z.number(),
  }),
  cause: causeSchema.optional(),
  /** What keeps CloudFormation from rolling back what has failed. */
  rollbackCause: causeSchema.optional(),
  blast: blastSchema.optional(),
  /** Of the first of its stacks that AWS lets nobody see now. */
  trouble: lostSightSchema.extend({ stack: z.string() }).optional(),
  /** It has failed, and all is rolled back next: the run is not over. */
  willRollBack: z.boolean().optional(),
  ...leavings,
});

export type DeploymentProgress = Readonly<z.infer<typeof deploymentProgressSchema>>;

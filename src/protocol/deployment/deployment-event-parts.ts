/**
 * What the events of a deployment's channel are made of: the checked parts that several of them share. Whoever sends events
 * is held to the limits here.
 */
import * as z from "zod";
import {
  jsonBytes,
  MAX_NAME_LENGTH,
  MAX_OUTPUTS_BYTES,
  MAX_TEXT_LENGTH,
  MAX_WORD_LENGTH,
} from "../bounds.ts";
import { adviceSchema } from "../light.ts";
import { sentOutputSchema } from "../stack/output-value.ts";
import { causeSchema, leftResourceSchema } from "../stack/stack-frames.ts";
import { environmentSchema, deploymentIdSchema, stackKeySchema } from "../connection/channel.ts";
import { MAX_LEFT, MAX_STACKS } from "./deployment-limits.ts";

/** ISO 8601 in any zone, as UTC with milliseconds: times are compared as texts. */
export const momentSchema = z.iso
  .datetime({ offset: true })
  .transform((time) => new Date(time).toISOString())
  // Years that have no four digits in UTC begin with a sign, which sorts before all digits, and are no ISO 8601 here.
  .refine((time) => time >= "1970", "must lie in the years 1970 to 9999");

const seconds = z.number().nonnegative();
const count = z.number().int().nonnegative();
const layer = z.number().int().positive().max(MAX_STACKS);
/** AWS sets its reasons no limit: this one is far above what it gives. */
const text = z.string().max(MAX_TEXT_LENGTH);
const name = z.string().max(MAX_NAME_LENGTH);
const word = z.string().max(MAX_WORD_LENGTH);

/** What the events' fields may hold, of whoever sends them. */
export const eventFields = { seconds, count, layer, text, word };

export const outputsSchema = z
  .record(name, sentOutputSchema)
  .refine(
    (outputs) => jsonBytes(outputs) <= MAX_OUTPUTS_BYTES,
    `must hold at most ${MAX_OUTPUTS_BYTES} bytes as JSON`,
  );

/** As `adviceSchema`, of whoever sends events. */
export const sentAdviceSchema = adviceSchema.extend({ code: word, text, url: name });

/** As `causeSchema`, of whoever sends events. */
export const sentCauseSchema = causeSchema.extend({
  logicalId: name,
  path: name,
  type: word,
  physicalId: name,
  stackId: name,
  status: word,
  reason: text,
  timestamp: word,
  advice: sentAdviceSchema.optional(),
});

export const deploymentModes = ["track", "deploy", "ingest"] as const;

export type DeploymentMode = (typeof deploymentModes)[number];

/** What is done when a stack of a deployment that Stackcast deploys has failed. */
export const failureModes = ["rollback", "stop"] as const;

export type FailureMode = (typeof failureModes)[number];

/** When a stack begins: once those that it depends on are finished, or once all layers below its own are. */
export const runOrders = ["dependencies", "layers"] as const;

export type RunOrder = (typeof runOrders)[number];

export const ofDeployment = { deploymentId: deploymentIdSchema, environment: environmentSchema };
export const ofStack = { ...ofDeployment, stack: stackKeySchema };
export const stackKeys = z.array(stackKeySchema).max(MAX_STACKS);

export const errorDetailSchema = z.object({
  code: word,
  message: text,
  details: text.optional(),
});

export type ErrorDetail = Readonly<z.infer<typeof errorDetailSchema>>;

const usual = z.object({ p50: seconds, p90: seconds, sample: count });

/** How long a stack takes to be deployed, and to be deleted, as the runs before have shown it. */
const usualSecondsSchema = z.object({ deploy: usual.optional(), delete: usual.optional() });

export type UsualSeconds = Readonly<z.infer<typeof usualSecondsSchema>>;

/** Where a stack stands in a deployment's plan. */
export const plannedStackSchema = z.object({
  name: stackKeySchema,
  layer,
  dependsOn: stackKeys,
  stackName: word.optional(),
  account: word.optional(),
  region: word.optional(),
  usualSeconds: usualSecondsSchema.optional(),
});

export type PlannedStack = Readonly<z.infer<typeof plannedStackSchema>>;

/** What did not happen because of a failure: the blast line. */
export const blastSchema = z.object({
  stack: stackKeySchema,
  layers: z.array(layer).max(MAX_STACKS),
  stacks: stackKeys,
});

export type Blast = Readonly<z.infer<typeof blastSchema>>;

/** As `leftResourceSchema`, of whoever sends events. */
export const sentLeftSchema = leftResourceSchema.extend({
  logicalId: name,
  path: name,
  type: word,
  physicalId: name,
  status: word,
  reason: text,
});

const leftOfStackSchema = sentLeftSchema.extend({ stack: stackKeySchema });

/** A resource that a stack of the deployment has left behind. */
export type LeftOfStack = Readonly<z.infer<typeof leftOfStackSchema>>;

const leftOfStacksSchema = z.array(leftOfStackSchema).max(MAX_LEFT);

/** What stacks that have ended leave: in what could not be deleted, was to be kept, or is not quite there yet. */
export const leavings = {
  /** What could not be deleted. */
  orphans: leftOfStacksSchema.optional(),
  /** What was kept although it left its stack, as its template says. */
  retained: leftOfStacksSchema.optional(),
  /** Stacks of which resources may still become available (Express mode). */
  stabilising: stackKeys.optional(),
};

export const resourceSchema = z.object({
  /** Unique in its stack: a Pulumi URN, or for CloudFormation the path of logical ids. */
  urn: name.optional(),
  type: word,
  name,
  id: name.optional(),
});

export type ResourceRef = Readonly<z.infer<typeof resourceSchema>>;

/** What can be asked of a deployment over REST, and what is answered beside its progress. */
import * as z from "zod";
import { MAX_STACKS } from "./deployment-limits.ts";
import {
  aliasSchema,
  deploymentIdSchema,
  environmentSchema,
  regionSchema,
  stackKeySchema,
  stackNameSchema,
} from "../connection/channel.ts";
import { deploymentModes, failureModes, momentSchema, runOrders } from "./deployment-event-parts.ts";
import { deploymentEventSchema } from "./deployment-events.ts";
import { keepingFields, planIssuesOf, stackPlanFields } from "./deployment-plan.ts";
import { runKinds } from "./run-kinds.ts";
import { runSourceSchema } from "./run-source.ts";
import { deploymentProgressSchema, deploymentStates, stackProgressSchema } from "./deployment-progress.ts";

/** For how long nothing happens in a run before what rests is taken not to be changed by it. */
export const quietSecondsSchema = z.number().int().min(5).max(3600);

const registrationFields = z.strictObject({
  deploymentId: deploymentIdSchema,
  environment: environmentSchema,
  mode: z.enum(deploymentModes),
  stacks: z
    .array(
      z.strictObject({
        name: stackKeySchema,
        /** CloudFormation's name of it; absent: the same. */
        stackName: stackNameSchema.optional(),
        /** An account's alias; absent: that of the Worker's own credentials. */
        account: aliasSchema.optional(),
        /** Absent: the Worker's own. */
        region: regionSchema.optional(),
        dependsOn: z.array(stackKeySchema).max(MAX_STACKS).optional(),
        /** What to deploy; read in `deploy` only. */
        ...stackPlanFields,
      }),
    )
    .max(MAX_STACKS)
    .default([])
    .meta({ description: "In `deploy`, none: those of the last plan" }),
  ...keepingFields,
  owner: z.string().max(320).optional(),
  /** The pipeline and the commit that it comes from. */
  source: runSourceSchema.optional(),
  /** In `deploy`; absent: as in the last plan if that is used again, else `stop`. */
  onFailure: z.enum(failureModes).optional(),
  order: z.enum(runOrders).optional().meta({
    description:
      "In `deploy`, and backwards in rollbacks and destructions: `dependencies`, a stack begins when those that it depends on are finished; `layers`, when all layers below its own are. Absent: as in the last plan if that is used again, else `dependencies`",
  }),
  queue: z.boolean().optional().meta({
    description:
      "In `deploy`: waits for the end of a run that is in progress, in place of a deploy that waits already, instead of being refused",
  }),
  /** In `track`: attempts that began after this count, too, though they have ended by now. */
  since: momentSchema.optional(),
  /** In `track`: seconds of silence after which a run does not wait for stacks that rest. */
  quietSeconds: quietSecondsSchema.optional(),
});

/** Stacks that CloudFormation deploys need names that it allows: they become part of the address that is asked. */
export const registrationSchema = registrationFields.superRefine(({ mode, stacks, ...rest }, context) => {
  if (mode !== "track" && rest.quietSeconds !== undefined)
    context.addIssue({ code: "custom", path: ["quietSeconds"], message: "is for deployments in mode track" });
  for (const field of ["order", "queue"] as const)
    if (mode !== "deploy" && rest[field] !== undefined)
      context.addIssue({ code: "custom", path: [field], message: "is for deployments in mode deploy" });
  if (mode === "ingest") return;
  for (const [index, { name, stackName = name }] of stacks.entries()) {
    const { error } = stackNameSchema.safeParse(stackName);
    for (const { message } of error?.issues ?? [])
      context.addIssue({ code: "custom", path: ["stacks", index, "stackName"], message });
  }
  if (mode !== "deploy") return;
  // The last plan is deployed as it is.
  for (const field of ["parameters", "tags"] as const)
    if (stacks.length === 0 && rest[field] !== undefined)
      context.addIssue({ code: "custom", path: [field], message: "needs the stacks that it is about" });
  for (const { path, message } of planIssuesOf(stacks)) context.addIssue({ code: "custom", path, message });
});

export type Registration = Readonly<z.infer<typeof registrationSchema>>;

/** What can be done to a deployment that Stackcast deploys, beside deploying it. */
export type DeploymentAction = "retry" | "rollback" | "cancel" | "destroy";

/** How a rollback goes about CloudFormation's own, where that is stuck. */
export const rollbackRequestSchema = z.strictObject({
  skipResources: z.array(z.string().min(1).max(256)).max(1_000).optional().meta({
    description:
      "Logical ids of resources that block it, in nested stacks `NestedStackName.LogicalId`: they are left as they are",
  }),
});

export type RollbackRequest = Readonly<z.infer<typeof rollbackRequestSchema>>;

/** What is cancelled: the run with the deploy that waits for its end, or that deploy alone. */
export const cancellationSchema = z.strictObject({ queued: z.boolean().optional() });

export type Cancellation = Readonly<z.infer<typeof cancellationSchema>>;

/** An event as an orchestrator sends it; checked one by one, so that one bad event costs itself only. */
export const ingestEnvelopeSchema = z.object({
  id: z.string().min(1).max(256).optional(),
  type: z.string().max(64),
  timestamp: z.string().max(64),
  deploymentId: z.string().max(64).optional(),
  data: z.record(z.string(), z.unknown()),
});

export type IngestEnvelope = Readonly<z.infer<typeof ingestEnvelopeSchema>>;

/** What became of each event of a request, in its order. */
export const ingestReportSchema = z.object({
  results: z.array(
    z.object({
      id: z.string().optional(),
      type: z.string(),
      outcome: z.enum(["accepted", "known", "refused"]),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
  accepted: z.number().int(),
  refused: z.number().int(),
});

export type IngestReport = Readonly<z.infer<typeof ingestReportSchema>>;

/** Where an answer stands in the channel: resume from here. */
const positionSchema = z.object({
  channel: z.string(),
  epoch: z.string(),
  offset: z.number().int().nonnegative(),
  floor: z.number().int().positive(),
});

export type ChannelPosition = Readonly<z.infer<typeof positionSchema>>;

export const deploymentAnswerSchema = deploymentProgressSchema.extend({
  ...positionSchema.shape,
  /** In `track`: whether the next run begins by itself. */
  following: z.boolean().optional(),
  /** In `track`: seconds of silence after which a run does not wait for stacks that rest. */
  quietSeconds: z.number().int().optional(),
});

export type DeploymentAnswer = Readonly<z.infer<typeof deploymentAnswerSchema>>;

export const stackAnswerSchema = stackProgressSchema.extend(positionSchema.shape);

export type StackAnswer = Readonly<z.infer<typeof stackAnswerSchema>>;

/** A run in a line: of the history of a deployment, and of the list of deployments. */
export const runSummarySchema = z.object({
  deploymentId: z.string(),
  environment: z.string(),
  run: z.number().int(),
  mode: z.enum(deploymentModes),
  status: z.enum(deploymentStates),
  startTime: z.string(),
  endTime: z.string().optional(),
  durationSeconds: z.number(),
  owner: z.string().optional(),
  user: z.string().optional(),
  source: runSourceSchema.optional(),
  totalStacks: z.number().int(),
  deployedStacks: z.number().int(),
  failedStacks: z.number().int(),
  skippedStacks: z.number().int(),
  progressPercent: z.number().int(),
});

export type RunSummary = Readonly<z.infer<typeof runSummarySchema>>;

export const runsSchema = z.object({ ...positionSchema.shape, runs: z.array(runSummarySchema) });

export type Runs = Readonly<z.infer<typeof runsSchema>>;

export const deploymentEventsSchema = z.object({
  ...positionSchema.shape,
  events: z.array(
    z.intersection(
      deploymentEventSchema,
      z.object({ channel: z.string(), offset: z.number().int().positive() }),
    ),
  ),
  /** Whether events follow the last one given. */
  more: z.boolean(),
});

export type DeploymentEvents = Readonly<z.infer<typeof deploymentEventsSchema>>;

/** Which deployments are wanted. */
export const deploymentQuerySchema = z.strictObject({
  environment: environmentSchema.optional().meta({ description: "Only this environment" }),
  status: z
    .enum(deploymentStates)
    .optional()
    .meta({ description: "Only those whose latest run has this status" }),
  is: z.enum(runKinds).optional().meta({
    description:
      "Only those whose latest run goes on, has failed (or has a stack that failed), or is over, whatever its status",
  }),
  q: z.string().max(128).optional().meta({
    description: "Only those that have this in their id, environment, status, owner, user or source",
  }),
  cursor: z.string().max(512).optional().meta({ description: "`nextCursor` of the page before" }),
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: "Most items of a page" }),
});

export type DeploymentQuery = Readonly<z.infer<typeof deploymentQuerySchema>>;

/** A deployment that was registered: where it stands, and its stacks in the order of their layers. */
export const registeredSchema = deploymentAnswerSchema.extend({ layers: z.array(z.array(z.string())) });

export const deploymentListSchema = z.object({
  items: z.array(runSummarySchema),
  nextCursor: z.string().optional(),
});

export type DeploymentList = Readonly<z.infer<typeof deploymentListSchema>>;

/** Which part of the trail is wanted; both ends belong to it. */
export const auditQuerySchema = z.strictObject({
  from: momentSchema.optional().meta({ description: "Nothing before this time" }),
  to: momentSchema.optional().meta({ description: "Nothing after this time" }),
  cursor: z.string().max(2048).optional().meta({ description: "`nextCursor` of the page before" }),
});

export type AuditQuery = Readonly<z.infer<typeof auditQuerySchema>>;

/** An event as the audit table holds it. */
const auditEntrySchema = z.object({
  timestamp: z.string(),
  type: z.string(),
  environment: z.string(),
  stack: z.string().optional(),
  /** On whose behalf the run was begun. */
  user: z.string().optional(),
  offset: z.number().int().positive(),
  data: z.record(z.string(), z.unknown()),
});

export type AuditEntry = Readonly<z.infer<typeof auditEntrySchema>>;

/** Oldest first. */
export const auditListSchema = z.object({
  items: z.array(auditEntrySchema),
  nextCursor: z.string().optional(),
});

/** A part of the trail as it crosses between objects: data as JSON text, since no type without end can cross. */
export type AuditPage = Readonly<{
  items: readonly (Omit<AuditEntry, "data"> & Readonly<{ data: string }>)[];
  nextCursor?: string;
}>;

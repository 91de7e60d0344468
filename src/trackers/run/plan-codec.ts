/** How a deployment's object reads back what it stored of the run that Stackcast carries out. */
import * as z from "zod";
import { objectOf, wordCodec, type Codec } from "../../channel/codec.ts";
import type { PreviousStack, DeploymentPlan, QueuedRun, StackPlan } from "../../domain/run/run-calls.ts";
import type { Done, UndoRecord, Orchestration, Task } from "../../domain/run/task.ts";
import { runSourceSchema } from "../../protocol/deployment/run-source.ts";
import type { FailureMode, RunOrder } from "../../protocol/deployment/deployment-event-parts.ts";

const text = z.string();
const count = z.number();
const flag = z.boolean();
const texts = z.array(text);
const byName = z.record(text, text);
const object = z.looseObject({});

export const planCodec = objectOf<DeploymentPlan>({
  stacks: z.array(
    objectOf<StackPlan>({
      name: text,
      stackName: text,
      account: text.optional(),
      region: text,
      dependsOn: texts,
      parameters: z.record(text, z.unknown()) as unknown as Codec<StackPlan["parameters"]>,
      capabilities: texts,
      tags: byName,
      templateUrl: text.optional(),
      exactParameters: flag.optional(),
      replaceTags: flag.optional(),
      retain: texts.optional(),
      options: object.optional(),
    }),
  ),
  onFailure: wordCodec<FailureMode>(),
  order: wordCodec<RunOrder>().optional(),
  owner: text.optional(),
});

export const queuedRunCodec = objectOf<QueuedRun>({
  id: text,
  user: text,
  plan: planCodec,
  hasTemplates: flag,
  source: runSourceSchema.optional(),
});

export const orchestrationCodec = objectOf<Orchestration>({
  run: count,
  purpose: wordCodec<Orchestration["purpose"]>(),
  onFailure: wordCodec<FailureMode>(),
  generation: count,
  validated: flag,
  done: texts,
  doneBy: z.record(text, objectOf<Done>({ run: count, isDeployed: flag })).optional(),
  skipped: z.record(text, texts).optional(),
  rollbacks: count.optional(),
});

export const taskCodec = objectOf<Task>({
  kind: wordCodec<Task["kind"]>(),
  change: wordCodec<NonNullable<Task["change"]>>().optional(),
  changeSetId: text.optional(),
  staysPaused: flag.optional(),
  since: text.optional(),
  unseen: objectOf<NonNullable<Task["unseen"]>>({ code: text, message: text, since: text }).optional(),
  accepted: flag,
  begun: flag.optional(),
  isFirst: flag.optional(),
  reason: text.optional(),
  cancelled: flag.optional(),
});

export const markCodec = objectOf<UndoRecord>({
  how: wordCodec<UndoRecord["how"]>(),
  back: wordCodec<NonNullable<UndoRecord["back"]>>().optional(),
});

/** A stack as it was before it was touched, but for its template. */
export const previousStackCodec = objectOf<Omit<PreviousStack, "template">>({
  parameters: z.record(text, z.union([text, z.object({ usePrevious: z.literal(true) })])),
  tags: byName,
  capabilities: texts,
  notificationArns: texts,
  roleArn: text.optional(),
  isProtected: flag.optional(),
  stackPolicy: text.optional(),
});

export const bytesCodec = z.instanceof(Uint8Array);

/** `POST /canvas/deploy`: one template becomes one stack, and what is needed to watch it. */
import * as z from "zod";
import { aliasSchema, regionSchema, stackNameSchema } from "../connection/channel.ts";
import { stackPlanFields, templateUrlSchema } from "./deployment-plan.ts";
import {
  contradictionsIn,
  refusedWithoutChangeSets,
  stackOptionFields,
  type StackOptions,
} from "../stack/stack-options.ts";
import { plainParametersSchema, type ParameterValue } from "../stack/stack-parameters.ts";

const MAX_KEY_PAIRS = 10;

/** EC2's own rule for names of key pairs. */
const keyPairNameSchema = z
  .string()
  .regex(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/,
    "must hold at most 255 ASCII characters, with no blank at either end",
  );

export const canvasDeploySchema = z
  .strictObject({
    template: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())])
      .optional()
      .meta({ description: "The template itself, as an object or as JSON or YAML text" }),
    templateUrl: templateUrlSchema.optional().meta({ description: "Or the address of one in S3" }),
    stackName: stackNameSchema
      .optional()
      .meta({ description: "A stack of this name is updated; absent: a new one, foundry-stack-<8 digits>" }),
    account: aliasSchema
      .optional()
      .meta({ description: "An account's alias; absent: that of the Worker's own credentials" }),
    region: regionSchema.optional().meta({ description: "Absent: the Worker's own" }),
    parameters: plainParametersSchema.optional().meta({
      description:
        "In an update, those that are not named keep their values; `exact`: all are the template's own",
    }),
    capabilities: stackPlanFields.capabilities,
    tags: stackPlanFields.tags.meta({
      description: "In an update, those that are not named stay; `replace`: none stays",
    }),
    ...stackOptionFields,
    keyPairs: z
      .array(keyPairNameSchema)
      .max(MAX_KEY_PAIRS)
      .refine((names) => new Set(names).size === names.length, "must not name one twice")
      .optional()
      .meta({ description: "Names of EC2 key pairs to be made" }),
  })
  .superRefine((request, context) => {
    const { template, templateUrl } = request;
    for (const { field, message } of [...contradictionsIn(request), ...refusedWithoutChangeSets(request)])
      context.addIssue({ code: "custom", path: [field], message });
    if ((template === undefined) !== (templateUrl === undefined)) return;
    const message = "must have either template or templateUrl";
    context.addIssue({ code: "custom", path: ["template"], message });
  });

export type CanvasDeployRequest = Readonly<z.infer<typeof canvasDeploySchema>>;

/** A request as the stack's object gets it. */
export type CanvasChange = Readonly<{
  /** The same for a request that is made again: from its Idempotency-Key, else by chance. */
  id: string;
  /** Whether it came with a key, so that it can be made again. */
  isRepeatable: boolean;
  /** Of the whole request, to know another one with the same key. */
  digest: string;
  template: Readonly<{ body: string }> | Readonly<{ url: string }>;
  parameters: Readonly<Record<string, Exclude<ParameterValue, { fromOutput: string }>>>;
  /** Parameters that are not named take the template's defaults, also in an update. */
  exactParameters?: boolean;
  capabilities: readonly string[];
  tags?: Readonly<Record<string, string>>;
  /** Tags that are not named are removed. */
  replaceTags?: boolean;
  options?: StackOptions;
  /** The role that CloudFormation gets if the options name none. */
  executionRoleArn?: string;
  keyPairs: readonly string[];
  /** The name was made up: a stack that has it is somebody else's. */
  mustBeNew: boolean;
}>;

const keyPairSchema = z.object({ keyPairId: z.string(), fingerprint: z.string() });

const canvasDeployedSchema = z.object({
  stackName: z.string(),
  stackId: z.string(),
  /** Absent: that of the Worker's own credentials. */
  account: z.string().optional(),
  region: z.string(),
  /** `unchanged`: the stack was that already. */
  outcome: z.enum(["created", "updated", "unchanged"]),
  keyPairs: z.record(
    z.string(),
    z.union([
      /** In the first answer only: it is kept nowhere. */
      keyPairSchema.extend({ privateKey: z.string() }),
      keyPairSchema.extend({ lost: z.literal(true) }),
    ]),
  ),
});

/** What became of it. Its private keys go to whoever asked and into no log, storage or event. */
export type CanvasDeployed = Readonly<z.infer<typeof canvasDeployedSchema>>;

export const canvasAnswerSchema = canvasDeployedSchema.extend({
  /** A WebSocket that tells all of it. */
  trackUrl: z.string(),
});

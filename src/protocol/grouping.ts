/** Rules by which stacks that nobody registered are grouped into deployments, as REST takes and shows them. */
import * as z from "zod";
import { aliasSchema, environmentSchema, regionSchema } from "./connection/channel.ts";
import { quietSecondsSchema } from "./deployment/deployment-requests.ts";

/** Most rules of an install. */
const MAX_RULES = 100;

const tagSchema = z.string().min(1).max(128);

const groupingRuleSchema = z.strictObject({
  match: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: "What names are made after, of `{deployment}`, `{environment}` and `{stack}`" }),
  tags: z
    .union([z.literal(true), z.strictObject({ deployment: tagSchema, environment: tagSchema.optional() })])
    .optional()
    .meta({
      description:
        "In place of `match`: tags tell the deployment and the environment. `true`: `stackcast:deployment` and " +
        "`stackcast:environment`, or those of SST, Copilot and Amplify; else the tags of these names",
    }),
  account: aliasSchema.optional().meta({ description: "Of this account alone" }),
  region: regionSchema.optional().meta({ description: "Of this region alone" }),
  environment: environmentSchema
    .optional()
    .meta({ description: "Where neither name nor tags tell it; else `default`" }),
  environments: z.array(environmentSchema).min(1).max(100).optional().meta({
    description: "What `{environment}` may be; absent: a usual name such as `prod` tells which part it is",
  }),
  quietSeconds: quietSecondsSchema
    .optional()
    .meta({ description: "A run is over once its stacks have rested so long" }),
});

export type GroupingRule = Readonly<z.infer<typeof groupingRuleSchema>>;

/** In order: the first one that is about a stack counts. */
const rulesSchema = z.array(groupingRuleSchema).max(MAX_RULES);

export const groupingRequestSchema = z.strictObject({
  rules: rulesSchema,
  version: z.number().int().nonnegative().optional().meta({
    description: "The version that was changed: refused if the rules are of another one by now",
  }),
});

export type GroupingRequest = Readonly<z.infer<typeof groupingRequestSchema>>;

export const previewRequestSchema = z.strictObject({
  rules: rulesSchema,
  cursor: z.string().max(1024).optional().meta({ description: "`nextCursor` of the page before" }),
});

export type PreviewRequest = Readonly<z.infer<typeof previewRequestSchema>>;

export const groupingSchema = z.object({
  version: z
    .number()
    .int()
    .nonnegative()
    .meta({ description: "Counts the changes; 0: there never was a rule" }),
  rules: z.array(groupingRuleSchema),
  updatedAt: z.string().optional(),
  updatedBy: z.string().optional(),
});

export type Grouping = Readonly<z.infer<typeof groupingSchema>>;

export const groupingPreviewSchema = z.object({
  items: z.array(
    z.object({
      channel: z.string(),
      deploymentId: z.string(),
      environment: z.string(),
      stack: z.string().meta({ description: "Its name in the deployment" }),
      rule: z.number().int().meta({ description: "Which rule decides, from 1" }),
    }),
  ),
  alone: z.array(z.string()).meta({ description: "Stacks that no rule is about, by their channels" }),
  nextCursor: z.string().optional().meta({ description: "Absent on the last page" }),
});

export type GroupingPreview = Readonly<z.infer<typeof groupingPreviewSchema>>;

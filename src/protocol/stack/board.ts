/** The stacks of observed accounts and regions, as the board shows them: a row each, and a page of them. */
import * as z from "zod";
import { DEFAULT_ACCOUNT } from "../connection/channel-names.ts";
import { regionSchema } from "../connection/channel.ts";

/** A stack as its region keeps it. */
export const boardRowSchema = z.object({
  stackName: z.string(),
  stackId: z.string(),
  status: z.string().meta({ description: "CloudFormation's own word" }),
  reason: z.string().optional(),
  startedAt: z.string().optional().meta({ description: "When its newest operation began" }),
  endedAt: z
    .string()
    .optional()
    .meta({ description: "When that ended; of one that nobody followed, when the radar saw it" }),
  tags: z.record(z.string(), z.string()).optional(),
});

export type BoardRow = Readonly<z.infer<typeof boardRowSchema>>;

/** A row of the board, which has stacks of many regions. */
export const boardStackSchema = boardRowSchema.extend({
  account: z.string().meta({ description: `The account's alias; ${DEFAULT_ACCOUNT}: Stackcast's own` }),
  region: z.string(),
  channel: z.string().meta({ description: "What tells its events" }),
  durationSeconds: z
    .number()
    .optional()
    .meta({ description: "How long the newest operation took, or takes" }),
  usualSeconds: z.number().optional().meta({
    description: "How long such an operation of this stack usually takes: the median of those before it",
  }),
});

export type BoardStack = Readonly<z.infer<typeof boardStackSchema>>;

export const boardQuerySchema = z.strictObject({
  account: z.string().max(32).optional().meta({ description: "The account's alias" }),
  region: regionSchema.optional().meta({ description: "The region" }),
  status: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "CloudFormation's word, or one of `running`, `resting`, `failed`, `deleted`" }),
  q: z.string().max(128).optional().meta({ description: "Part of the name" }),
  cursor: z.string().max(1024).optional().meta({ description: "`nextCursor` of the page before" }),
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: "Most items of a page" }),
});

export type BoardQuery = Readonly<z.infer<typeof boardQuerySchema>>;

export const boardListSchema = z.object({
  items: z.array(boardStackSchema),
  nextCursor: z.string().optional().meta({ description: "Absent on the last page" }),
});

export type BoardList = Readonly<z.infer<typeof boardListSchema>>;

/** Events that AWS pushes, and the keys that let it. */
import * as z from "zod";
import { DEFAULT_ACCOUNT } from "./connection/channel-names.ts";

/** An event of EventBridge, as much of it as is looked at. All else may be anything. */
const pushedEventSchema = z.looseObject({
  source: z.string().optional(),
  detail: z.looseObject({ "stack-id": z.string().max(2048).optional() }).optional(),
});

/** One event, or several in an array. */
export const pushedSchema = z.union([z.array(pushedEventSchema).max(500), pushedEventSchema]);

const aliasSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "must be the alias of an account");

export const ingestKeyRequestSchema = z.strictObject({
  account: aliasSchema.optional().meta({
    description: `The account whose events it takes, ${DEFAULT_ACCOUNT} for Stackcast's own; absent: all`,
  }),
  name: z.string().max(128).optional().meta({ description: "For people" }),
});

export type IngestKeyRequest = Readonly<z.infer<typeof ingestKeyRequestSchema>>;

export const ingestKeySchema = z.object({
  id: z.string(),
  account: z.string().optional(),
  name: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});

export type IngestKey = Readonly<z.infer<typeof ingestKeySchema>>;

/** With the key itself, which is shown once. */
export const madeIngestKeySchema = ingestKeySchema.extend({ key: z.string() });

export type MadeIngestKey = Readonly<z.infer<typeof madeIngestKeySchema>>;

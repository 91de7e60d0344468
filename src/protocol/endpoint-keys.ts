/** The keys that let AWS's own clients ask CloudFormation through Stackcast. */
import * as z from "zod";
import { aliasSchema } from "./connection/channel.ts";

/** Ninety days. */
const MOST_HOURS = 2160;

const keyName = z.string().max(128).optional().meta({ description: "For people" });

export const endpointKeyRequestSchema = z.strictObject({
  account: aliasSchema.optional().meta({
    description:
      "The account that it is good for, `default` for Stackcast's own; absent: all that the token covers",
  }),
  reading: z.boolean().optional().meta({
    description: "Whether it only reads, as the keys of viewers always do; absent: what the token may do",
  }),
  hours: z.number().positive().max(MOST_HOURS).default(12).meta({
    description: "How long it is good for; but for admins, at most as long as the token that it is made with",
  }),
  name: keyName,
});

export type EndpointKeyRequest = Readonly<z.infer<typeof endpointKeyRequestSchema>>;

export const endpointKeySchema = z.object({
  accessKeyId: z.string(),
  reading: z.boolean(),
  account: z.string().optional(),
  /** Patterns of the channels that its stacks have to be covered by; absent: all. */
  channels: z.array(z.string()).optional(),
  name: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});

export type EndpointKey = Readonly<z.infer<typeof endpointKeySchema>>;

/** With the secret, which is reported once. */
export const madeEndpointKeySchema = endpointKeySchema.extend({ secretAccessKey: z.string() });

export type MadeEndpointKey = Readonly<z.infer<typeof madeEndpointKeySchema>>;

/** What the Worker asks of a gateway when a socket is opened for one channel, in the address of the upgrade. */
import * as z from "zod";

export const channelRequestSchema = z.object({
  channel: z.string().max(256),
  epoch: z.string().max(64).optional(),
  offset: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
});

export type ChannelRequest = Readonly<z.infer<typeof channelRequestSchema>>;

/** What a gateway answers that holds as many sockets as it may: another one is to be asked. */
export const FULL_STATUS = 503;

/** Header of a request and of such an answer: how many gateways the place has, as far as they know. */
export const SHARDS_HEADER = "stackcast-shards";

/** Set on the answer by a gateway that has opened the socket for the channel: one of an older release does not know how. */
export const OPENED_FOR_HEADER = "stackcast-opened-for";

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

/** Set on the answer by a gateway that has opened the socket for the channel: one of an older release does not know how. */
export const OPENED_FOR_HEADER = "stackcast-opened-for";

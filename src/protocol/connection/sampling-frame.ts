/** How often AWS is looked at for a channel, reported when that changes: no offset, never replayed, lost without harm. */
import * as z from "zod";

const samplingSchema = z.object({
  /** Between two looks, of a deployment at the one of its running stacks that is looked at most rarely. */
  periodSeconds: z.number().positive(),
  /** `budget`: AWS allows no more; `push`: AWS says when there is something new; `quiet`: neither, it is as often as is set. */
  reason: z.enum(["budget", "push", "quiet"]),
  /** Calls a second that AWS allows the account and region, as far as was found out. */
  allowedPerSecond: z.number().optional(),
  /** Why AWS lets nobody see it, since when; absent: it can be seen. */
  trouble: z.object({ code: z.string(), message: z.string(), since: z.string() }).optional(),
});

export type Sampling = Readonly<z.infer<typeof samplingSchema>>;

export const samplingFrameSchema = z.object({
  type: z.literal("sampling"),
  channel: z.string(),
  ...samplingSchema.shape,
});

export type SamplingFrame = Readonly<z.infer<typeof samplingFrameSchema>>;

export const samplingFrame = (channel: string, sampling: Sampling): SamplingFrame => ({
  type: "sampling",
  channel,
  ...sampling,
});

/** Frames that speak about the connection, not about a deployment; only clients that opted in see them. */
import * as z from "zod";
import { failureCodes } from "./failure.ts";

export const clientFrameSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("ping") }),
  z.object({
    action: z.literal("ack"),
    offset: z.number().int().nonnegative(),
    channel: z.string().optional(),
  }),
  z.object({ action: z.literal("auth"), id: z.number().int().optional(), token: z.string() }),
]);

/** What a client may say on a stack's own socket. */
export type ClientFrame = z.infer<typeof clientFrameSchema>;

export const subscribedSchema = z.object({
  type: z.literal("subscribed"),
  id: z.number().int().optional(),
  channel: z.string(),
  epoch: z.string(),
  /** The channel's head. */
  offset: z.number().int().nonnegative(),
  /** The oldest offset that is still kept. */
  floor: z.number().int().positive(),
  wasRecovering: z.boolean(),
  recovered: z.boolean(),
});

export type Subscribed = Readonly<z.infer<typeof subscribedSchema>>;

export const disconnectSchema = z.object({
  type: z.literal("disconnect"),
  code: z.number().int(),
  reason: z.string(),
  reconnect: z.boolean(),
  retryAfterMs: z.number().int().optional(),
});

export type Disconnect = Readonly<z.infer<typeof disconnectSchema>>;

export const authorizedSchema = z.object({
  type: z.literal("authorized"),
  id: z.number().int().optional(),
  expiresAt: z.string(),
});

export type Authorized = Readonly<z.infer<typeof authorizedSchema>>;

export const requestErrorSchema = z.object({
  type: z.literal("error"),
  id: z.number().int().optional(),
  error: z.object({ code: z.enum(failureCodes), message: z.string() }),
});

export type RequestError = Readonly<z.infer<typeof requestErrorSchema>>;

/** One commit of a channel, or a part of its history. `events` holds the channel's frames as they are. */
export const batchSchema = z.object({
  type: z.literal("batch"),
  channel: z.string(),
  from: z.number().int().positive(),
  to: z.number().int().positive(),
  replay: z.boolean().optional(),
  events: z.array(z.unknown()),
});

/** Frames that speak about the connection, not about a deployment; only clients that opted in see them. */
import * as z from "zod";
import { failureCodes } from "../failure.ts";

/** What a client may send on a socket that is open for one channel. */
export const clientFrameSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("ping") }),
  z.object({
    action: z.literal("ack"),
    offset: z.number().int().nonnegative(),
    channel: z.string().optional(),
  }),
  z.object({ action: z.literal("auth"), id: z.number().int().optional(), token: z.string() }),
]);

const subscribeSchema = z.object({
  action: z.literal("subscribe"),
  id: z.number().int().optional(),
  channel: z.string().max(256),
  /** The position to resume from, both or it recovers nothing. */
  epoch: z.string().max(64).optional(),
  offset: z.number().int().nonnegative().optional(),
  query: z
    .record(z.string().max(32), z.string().max(1024))
    .optional()
    .meta({ description: "Of `board` and `directory`: which rows, as REST takes it" }),
});

/** A request to see a channel; any of `id`, `epoch` and `offset` opts the socket in. */
export type Subscribe = Readonly<z.infer<typeof subscribeSchema>>;

export const gatewayFrameSchema = z.discriminatedUnion("action", [
  ...clientFrameSchema.options,
  subscribeSchema,
  z.object({
    action: z.literal("unsubscribe"),
    id: z.number().int().optional(),
    channel: z.string().max(256),
  }),
]);

/** What a client may send on a socket of `/ws`. */
export type GatewayFrame = Readonly<z.infer<typeof gatewayFrameSchema>>;

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
  /** After a connection that breaks, a client comes back within so many milliseconds, at a time of its own; absent: at once. */
  spreadMs: z.number().int().positive().optional(),
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
  /** The channel that was asked for, on `/ws`. */
  channel: z.string().optional(),
  error: z.object({ code: z.enum(failureCodes), message: z.string() }),
});

export type RequestError = Readonly<z.infer<typeof requestErrorSchema>>;

/** The state of a channel as of `offset`: a deployment's `DeploymentProgress`. */
export const snapshotSchema = z.object({
  type: z.literal("snapshot"),
  channel: z.string(),
  epoch: z.string(),
  offset: z.number().int().nonnegative(),
  data: z.unknown(),
});

/** One commit of a channel, or a part of its history. `events` holds the channel's frames as they are. */
export const batchSchema = z.object({
  type: z.literal("batch"),
  channel: z.string(),
  from: z.number().int().positive(),
  to: z.number().int().positive(),
  replay: z.boolean().optional(),
  events: z.array(z.unknown()),
});

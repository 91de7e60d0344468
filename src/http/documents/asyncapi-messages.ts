/** The messages of the sockets, as the AsyncAPI document tells them: what each is, and one of each. */
import * as z from "zod";
import {
  authorizedSchema,
  batchSchema,
  disconnectSchema,
  gatewayFrameSchema,
  requestErrorSchema,
  snapshotSchema,
  subscribedSchema,
} from "../../protocol/connection/control-frames.ts";
import { deploymentEventSchema } from "../../protocol/deployment/deployment-events.ts";
import { deploymentProgressSchema } from "../../protocol/deployment/deployment-progress.ts";
import {
  resourceSlowSchema,
  resourceStuckSchema,
  resourceUpdateSchema,
  stackCompleteSchema,
  troubleFrameSchema,
} from "../../protocol/stack/stack-frames.ts";
import { samplingFrameSchema } from "../../protocol/connection/sampling-frame.ts";
import { transientFrameSchema } from "../../protocol/connection/transient-frames.ts";
import { listChangedSchema, listFrameSchema } from "../../protocol/list-frames.ts";
import { boardExample } from "../radar/radar-examples.ts";
import { deploymentExample, eventExample, positionExample } from "../deployments/deployments-examples.ts";
import { stackEventsExample } from "../stacks/stacks-examples.ts";

/** One kind of message: who says it, on which sockets. */
export type SocketMessage = Readonly<{
  summary: string;
  from: "client" | "server";
  on: readonly ("gateway" | "stack")[];
  schema: z.ZodType;
  example: unknown;
}>;

const { channel, epoch, offset, floor } = positionExample;
const { channel: _channel, epoch: _epoch, offset: _offset, floor: _floor, ...progress } = deploymentExample;
const [resourceUpdate] = stackEventsExample.events;
const counts = resourceUpdate?.stack;

/** What a client does, by its name. */
const action = (name: z.infer<typeof gatewayFrameSchema>["action"]): z.ZodType =>
  z.union(gatewayFrameSchema.options.filter((option) => option.shape.action.value === name));

const both = ["gateway", "stack"] as const;

/** By name. */
export const socketMessages: Readonly<Record<string, SocketMessage>> = {
  Subscribe: {
    summary: "Subscribe to a channel; `id`, or the position to resume from, opts in to the recovery protocol",
    from: "client",
    on: ["gateway"],
    schema: action("subscribe"),
    example: { action: "subscribe", id: 1, channel, epoch, offset: 41 },
  },
  Unsubscribe: {
    summary: "Unsubscribe from a channel",
    from: "client",
    on: ["gateway"],
    schema: action("unsubscribe"),
    example: { action: "unsubscribe", channel },
  },
  Ping: {
    summary: "Answered by `pong` without waking anything, if sent in exactly these characters",
    from: "client",
    on: both,
    schema: action("ping"),
    example: { action: "ping" },
  },
  Ack: {
    summary: "How far the client has read: every 200 events or 10 s",
    from: "client",
    on: both,
    schema: action("ack"),
    example: { action: "ack", channel, offset },
  },
  Auth: {
    summary: "A fresh token, before the one in use expires",
    from: "client",
    on: both,
    schema: action("auth"),
    example: { action: "auth", id: 2, token: "<jwt>" },
  },
  Pong: {
    summary: "The connection is alive",
    from: "server",
    on: both,
    schema: z.object({ type: z.literal("pong") }),
    example: { type: "pong" },
  },
  Subscribed: {
    summary:
      "First frame to clients that opted in: the channel's position, and whether the client's position could be resumed",
    from: "server",
    on: both,
    schema: subscribedSchema,
    example: {
      type: "subscribed",
      id: 1,
      channel,
      epoch,
      offset,
      floor,
      wasRecovering: true,
      recovered: true,
    },
  },
  Snapshot: {
    summary: "The state of a deployment, to clients that opted in and are fresh or could not resume",
    from: "server",
    on: ["gateway"],
    schema: snapshotSchema.extend({ data: deploymentProgressSchema }),
    example: { type: "snapshot", channel, epoch, offset, data: progress },
  },
  Batch: {
    summary: "The events of a commit, or of the past, to clients that opted in: at most 500 or 256 KiB",
    from: "server",
    on: both,
    schema: batchSchema,
    example: { type: "batch", channel, from: offset, to: offset, events: [eventExample] },
  },
  DeploymentEvent: {
    summary: "A durable event of a deployment, one a frame to classic clients",
    from: "server",
    on: ["gateway"],
    schema: z.intersection(
      deploymentEventSchema,
      z.object({ channel: z.string(), offset: z.number().int().positive() }),
    ),
    example: eventExample,
  },
  Progress: {
    summary: "The progress of a deployment or a stack of it: transient, at most one a second for each",
    from: "server",
    on: ["gateway"],
    schema: transientFrameSchema,
    example: {
      type: "stack_progress",
      timestamp: "2025-10-09T14:36:30.000Z",
      data: { deploymentId: "D1BRV40", environment: "dev", stack: "database-rds", progressPercent: 45 },
      channel,
      asOf: offset,
    },
  },
  List: {
    summary: "The rows of `board` or `directory` that were asked for and that the token covers; transient",
    from: "server",
    on: ["gateway"],
    schema: listFrameSchema,
    example: { type: "list", channel: "board", timestamp: "2025-10-09T14:36:30.000Z", data: boardExample },
  },
  ListChanged: {
    summary:
      "Rows of `board` or `directory` that have changed, and names of those that are no more; transient, at most one a second",
    from: "server",
    on: ["gateway"],
    schema: listChangedSchema,
    example: {
      type: "list_changed",
      channel: "board",
      timestamp: "2025-10-09T14:36:31.000Z",
      data: { items: boardExample.items, gone: ["stacks/us-east-1/old-database"] },
    },
  },
  ResourceUpdate: {
    summary: "A durable event of a stack: one of its resources, or the stack itself",
    from: "server",
    on: both,
    schema: resourceUpdateSchema,
    example: resourceUpdate,
  },
  ResourceLight: {
    summary:
      "A durable event of a stack: what is done to a resource takes longer than nearly always (`resource_slow`), or so long that it will hardly end well (`resource_stuck`)",
    from: "server",
    on: both,
    schema: z.union([resourceSlowSchema, resourceStuckSchema]),
    example: {
      type: "resource_slow",
      timestamp: "2025-10-09T14:42:00.000Z",
      resource: {
        logicalId: "Api",
        type: "AWS::ECS::Service",
        status: "CREATE_IN_PROGRESS",
        physicalId: "",
        path: "Api",
        stackId: resourceUpdate?.type === "resource_update" ? resourceUpdate.resource.stackId : "",
      },
      stack: counts,
      elapsedSeconds: 312,
      typicalSeconds: { p50: 119, p90: 298 },
      stuckAfterSeconds: 1800,
      failsAt: "2025-10-09T17:36:48.000Z",
      rollback: { resources: 7, seconds: { p50: 140, p90: 210 } },
      channel: resourceUpdate?.channel,
      offset: 18,
    },
  },
  StackComplete: {
    summary: "The durable end of a stack's operation",
    from: "server",
    on: both,
    schema: stackCompleteSchema,
    example: {
      type: "stack_complete",
      timestamp: "2025-10-09T14:38:00.000Z",
      stack: {
        ...counts,
        status: "CREATE_COMPLETE",
        completedResources: 8,
        inProgressResources: 0,
        progress: 100,
      },
      outcome: "deployed",
      outputs: { endpoint: "db.abc123.us-east-1.rds.amazonaws.com" },
      durationSeconds: 220,
      channel: resourceUpdate?.channel,
      offset: 20,
    },
  },
  Trouble: {
    summary: "Trouble with AWS, to everybody; transient",
    from: "server",
    on: both,
    schema: troubleFrameSchema,
    example: {
      type: "error",
      timestamp: "2025-10-09T14:36:15.000Z",
      error: { code: "AWS_UNREACHABLE", message: "CloudFormation cannot be reached", retryable: true },
    },
  },
  Sampling: {
    summary: "How often AWS is looked at, to clients that opted in, when that changes; transient",
    from: "server",
    on: both,
    schema: samplingFrameSchema,
    example: { type: "sampling", channel, periodSeconds: 9, reason: "budget", allowedPerSecond: 6 },
  },
  RequestError: {
    summary: "Why a request on the socket was refused",
    from: "server",
    on: both,
    schema: requestErrorSchema,
    example: {
      type: "error",
      id: 1,
      error: { code: "FORBIDDEN", message: "The token does not cover this channel" },
    },
  },
  Authorized: {
    summary: "The fresh token is in use",
    from: "server",
    on: both,
    schema: authorizedSchema,
    example: { type: "authorized", id: 2, expiresAt: "2025-10-09T15:30:00.000Z" },
  },
  Disconnect: {
    summary:
      "Before every close that the server chooses, to clients that opted in: why, and whether to reconnect",
    from: "server",
    on: both,
    schema: disconnectSchema,
    example: {
      type: "disconnect",
      code: 4012,
      reason: "the server is going away",
      reconnect: true,
      retryAfterMs: 1500,
    },
  },
};

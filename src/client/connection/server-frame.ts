/**
 * Text from the socket into frames, checked by hand as far as the client relies on them: schemas would make a page four
 * times as large. What is not understood is no frame, so that a newer server can say more.
 */
import type { Disconnect, RequestError, Subscribed } from "../../protocol/connection/control-frames.ts";
import type { SamplingFrame } from "../../protocol/connection/sampling-frame.ts";
import { EVENT_LEVELS } from "../../domain/words/levels.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { StackFrame, TroubleFrame } from "../../protocol/stack/stack-frames.ts";

/** A durable event of a deployment's or a stack's channel. */
export type ChannelFrame = DeploymentFrame | StackFrame;

/** A durable event of a kind that this client does not know: it has its place in the order, and nothing else. */
type UnknownFrame = Readonly<{ type: "unknown"; offset: number }>;

/** Percentages between two durable events; the latest counts. */
export type TransientFrame = Readonly<{
  type: "deployment_progress" | "stack_progress";
  timestamp: string;
  channel: string;
  /** The offset that it describes. */
  asOf: number;
  data: Readonly<Record<string, unknown>>;
}>;

export type Snapshot = Readonly<{
  type: "snapshot";
  channel: string;
  epoch: string;
  offset: number;
  data: DeploymentProgress;
}>;

export type Batch = Readonly<{
  type: "batch";
  channel: string;
  events: readonly (ChannelFrame | UnknownFrame)[];
}>;

/** Trouble with AWS, and the channel that it is about where the server says so. */
export type TroubleNotice = TroubleFrame & Readonly<{ channel?: string }>;

/** The rows of a list that were asked for, or those that have changed since. */
export type ListFrame = Readonly<{
  type: "list" | "list_changed";
  channel: string;
  data: Readonly<{ items: readonly unknown[]; nextCursor?: string; gone?: readonly string[] }>;
}>;

export type ServerFrame =
  | ListFrame
  | Subscribed
  | Snapshot
  | Batch
  | TransientFrame
  | SamplingFrame
  | Disconnect
  | RequestError
  | TroubleNotice;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const isText = (value: unknown): value is string => typeof value === "string";

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value);

const isPlaced = (value: unknown): value is Fields & Readonly<{ offset: number }> =>
  isFields(value) && isOffset(value["offset"]);

const isChannelFrame = (value: unknown): value is ChannelFrame => {
  if (!isPlaced(value) || !isText(value["timestamp"]) || !isText(value["channel"])) return false;
  const { type, data, stack, resource } = value;
  if (type === "stack_complete") return isFields(stack);
  // What takes long is reported on both kinds of channels: a deployment's events have data.
  if (type === "resource_update" || (!data && (type === "resource_slow" || type === "resource_stuck")))
    return isFields(stack) && isFields(resource);
  return isText(type) && Object.hasOwn(EVENT_LEVELS, type) && isFields(data);
};

const eventOf = (value: unknown): ChannelFrame | UnknownFrame | undefined => {
  if (isChannelFrame(value)) return value;
  return isPlaced(value) ? { type: "unknown", offset: value.offset } : undefined;
};

const batchOf = (channel: unknown, given: unknown): Batch | undefined => {
  if (!isText(channel) || !Array.isArray(given)) return undefined;
  const events = given.map(eventOf).filter((event) => event !== undefined);
  return events.length === given.length ? { type: "batch", channel, events } : undefined;
};

const isSubscribed = (frame: Fields): frame is Subscribed =>
  isText(frame["channel"]) &&
  isText(frame["epoch"]) &&
  isOffset(frame["offset"]) &&
  isOffset(frame["floor"]) &&
  typeof frame["recovered"] === "boolean";

const isSnapshot = (frame: Fields): frame is Snapshot =>
  isText(frame["channel"]) &&
  isText(frame["epoch"]) &&
  isOffset(frame["offset"]) &&
  isFields(frame["data"]) &&
  isFields(frame["data"]["stacks"]) &&
  isText(frame["data"]["status"]);

const isDisconnect = (frame: Fields): frame is Disconnect =>
  isOffset(frame["code"]) && isText(frame["reason"]) && typeof frame["reconnect"] === "boolean";

const isError = (frame: Fields): frame is RequestError | TroubleNotice =>
  isFields(frame["error"]) && isText(frame["error"]["code"]) && isText(frame["error"]["message"]);

const isTransient = (frame: Fields): frame is TransientFrame =>
  isText(frame["channel"]) &&
  isText(frame["timestamp"]) &&
  isOffset(frame["asOf"]) &&
  isFields(frame["data"]);

const isList = (frame: Fields): frame is ListFrame =>
  isText(frame["channel"]) && isFields(frame["data"]) && Array.isArray(frame["data"]["items"]);

const isSampling = (frame: Fields): frame is SamplingFrame =>
  isText(frame["channel"]) && typeof frame["periodSeconds"] === "number" && isText(frame["reason"]);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The frame that a text holds; undefined: none that this client understands. */
export const serverFrameOf = (text: string): ServerFrame | undefined => {
  const frame = parsed(text);
  if (!isFields(frame)) return undefined;
  switch (frame["type"]) {
    case "subscribed":
      return isSubscribed(frame) ? frame : undefined;
    case "snapshot":
      return isSnapshot(frame) ? frame : undefined;
    case "batch":
      return batchOf(frame["channel"], frame["events"]);
    case "disconnect":
      return isDisconnect(frame) ? frame : undefined;
    case "sampling":
      return isSampling(frame) ? frame : undefined;
    case "error":
      return isError(frame) ? frame : undefined;
    case "list":
    case "list_changed":
      return isList(frame) ? frame : undefined;
    case "deployment_progress":
    case "stack_progress":
      return isTransient(frame) ? frame : undefined;
    default:
      // An event on its own is a batch of one.
      return batchOf(frame["channel"], [frame]);
  }
};

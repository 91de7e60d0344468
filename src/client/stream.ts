/**
 * Several channels over one socket, `/ws`: subscribes, resumes each where it was after every loss, and subscribes again
 * from its last offset when it sees a hole.
 */
import { PING } from "../protocol/connection/connection.ts";
import type { RequestError, Subscribed } from "../protocol/connection/control-frames.ts";
import { ChannelFollower, type ChannelListener, type Position } from "./channel-follower.ts";
import { Connection, type ConnectionOptions } from "./connection/connection.ts";
import type { ConnectionState } from "./connection/connection-state.ts";
import { after } from "./connection/platform.ts";
import {
  serverFrameOf,
  type ServerFrame,
  type Snapshot,
  type TroubleNotice,
} from "./connection/server-frame.ts";

export type StreamOptions = ConnectionOptions &
  Readonly<{
    /** The Worker's address, `https://…` or `http://…`. */
    url: string;
  }>;

/** What is wanted of a channel. */
export type SubscribeOptions = Readonly<{
  /** Where to go on; absent: with the present state. */
  from?: Position;
  /** Tells all events since the channel's floor, too, where a fresh viewer would get a snapshot alone. */
  history?: boolean;
  /** Of `board` and `directory`: which rows the list begins with, as REST takes it. */
  query?: Readonly<Record<string, string>>;
}>;

type Subscription = Readonly<{
  /** Where the listener stands; undefined before the channel has said so. */
  position: () => Position | undefined;
  close: () => void;
}>;

export type Stream = Readonly<{
  state: () => ConnectionState;
  /** Replaces an earlier subscription to the same channel. */
  subscribe: (channel: string, listener: ChannelListener, wanted?: SubscribeOptions) => Subscription;
  /** Tries again at once if it is waiting to, as when the network or the page has come back. */
  hurry: () => void;
  close: () => void;
}>;

type Entry = {
  readonly channel: string;
  readonly follower: ChannelFollower;
  readonly history: boolean;
  readonly query: SubscribeOptions["query"];
  /** Id of the subscribe that is not answered; what comes before its answer is void. */
  awaited: number | undefined;
  /** Where the last hole was seen: twice at one place is a fault that asking again does not fix. */
  holeAt: number | undefined;
  /** Whether the snapshot that comes is followed by the events before it. */
  backfilled: boolean;
  cancelPatience: (() => void) | undefined;
};

/** Failures of a request that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set(["INTERNAL", "KEYS_UNREACHABLE", "UNAVAILABLE"]);

const READ_EVERY_MS = 30_000;

/** Opens the socket at once; it lives until `close`. */
export const openStream = (options: StreamOptions): Stream => {
  const entries = new Map<string, Entry>();
  let lastId = 0;
  let pingedAt = 0;

  const send = (frame: object): void => connection.send(JSON.stringify(frame));

  const request = (entry: Entry, position: Position | undefined): void => {
    entry.awaited = ++lastId;
    entry.cancelPatience?.();
    if (connection.state.kind !== "live") return;
    entry.cancelPatience = after(connection.patience.answerWithinMs, () => connection.restart());
    const { channel, query } = entry;
    send({ action: "subscribe", id: entry.awaited, channel, ...position, query });
  };

  const forget = (entry: Entry): void => {
    entry.cancelPatience?.();
    entry.follower.pause();
    if (entries.get(entry.channel) === entry) entries.delete(entry.channel);
  };

  const subscribed = (frame: Subscribed): void => {
    const entry = entries.get(frame.channel);
    if (!entry || entry.awaited !== frame.id) return;
    entry.awaited = undefined;
    entry.cancelPatience?.();
    connection.accepted(frame.spreadMs);
    entry.follower.subscribed(frame);
    const { channel, offset, floor, recovered } = frame;
    // A stack's channel tells its events to fresh viewers anyway; what could not be sent once is not asked for again.
    const unreported = entry.history && channel.startsWith("deployments/") && floor <= offset;
    entry.backfilled = unreported && !recovered && !entry.backfilled;
    if (!entry.backfilled) return;
    // The present comes before the past; until that is asked for, what comes is void.
    entry.awaited = ++lastId;
    entry.cancelPatience = after(connection.patience.answerWithinMs, () =>
      request(entry, entry.follower.position),
    );
  };

  const present = async (entry: Entry, snapshot: Snapshot): Promise<void> => {
    const { awaited } = entry;
    await entry.follower.snapshot(snapshot, entry.backfilled);
    // Lost, closed or asked again meanwhile.
    if (!entry.backfilled || entry.awaited !== awaited || entries.get(entry.channel) !== entry) return;
    request(entry, entry.follower.position);
  };

  const missing = (entry: Entry): void => {
    const { position } = entry.follower;
    if (entry.holeAt === position?.offset) return connection.restart();
    entry.holeAt = position?.offset;
    request(entry, position);
  };

  const refused = ({ id, error }: RequestError): void => {
    const entry = id === undefined ? undefined : [...entries.values()].find(({ awaited }) => awaited === id);
    if (!entry) return;
    // The connection comes back with growing patience, and so does the request.
    if (PASSING.has(error.code)) return connection.restart();
    forget(entry);
    entry.follower.listener.refused?.(error);
  };

  const troubled = ({ channel, error }: TroubleNotice): void => {
    for (const entry of entries.values()) {
      const meant = channel === undefined ? entry.channel.startsWith("stacks/") : channel === entry.channel;
      if (meant) entry.follower.listener.trouble?.(error);
    }
  };

  /** Lists are not acknowledged: a ping now and then shows that they are read. */
  const noteRead = (): void => {
    if (Date.now() - pingedAt < READ_EVERY_MS) return;
    pingedAt = Date.now();
    connection.send(PING);
  };

  const receive = (frame: ServerFrame): void => {
    switch (frame.type) {
      case "subscribed":
        return subscribed(frame);
      case "snapshot": {
        const entry = entries.get(frame.channel);
        if (entry && (entry.backfilled || entry.awaited === undefined)) void present(entry, frame);
        return;
      }
      case "batch": {
        const entry = entries.get(frame.channel);
        if (entry && entry.awaited === undefined && !entry.follower.take(frame)) missing(entry);
        return;
      }
      case "list":
      case "list_changed":
        noteRead();
        return entries.get(frame.channel)?.follower.listener.list?.(frame);
      case "deployment_progress":
      case "stack_progress":
        return entries.get(frame.channel)?.follower.listener.transient?.(frame);
      case "sampling":
        return entries.get(frame.channel)?.follower.listener.sampling?.(frame);
      case "disconnect":
        return connection.disconnected(frame);
      case "error":
        return "timestamp" in frame ? troubled(frame) : refused(frame);
    }
  };

  const connection: Connection = new Connection(
    {
      address: () => `${options.url.replace(/^http/, "ws").replace(/\/$/, "")}/ws`,
      opened: () => {
        for (const entry of entries.values()) {
          entry.backfilled = false;
          request(entry, entry.follower.position);
        }
      },
      frame: (text) => {
        const frame = serverFrameOf(text);
        if (frame) receive(frame);
      },
      lost: () => {
        for (const entry of entries.values()) {
          entry.cancelPatience?.();
          entry.holeAt = undefined;
          entry.follower.pause();
        }
      },
    },
    options,
  );

  return {
    state: () => connection.state,
    subscribe: (channel, listener, { from, history = false, query } = {}) => {
      const before = entries.get(channel);
      if (before) forget(before);
      const acknowledge = (offset: number): void => send({ action: "ack", offset, channel });
      const follower = new ChannelFollower(
        listener,
        acknowledge,
        connection.patience.acknowledgeAfterMs,
        from,
      );
      const entry: Entry = {
        channel,
        follower,
        history,
        query,
        awaited: undefined,
        holeAt: undefined,
        backfilled: false,
        cancelPatience: undefined,
      };
      entries.set(channel, entry);
      request(entry, from);
      return {
        position: () => follower.position,
        close: () => {
          if (entries.get(channel) !== entry) return;
          forget(entry);
          send({ action: "unsubscribe", channel });
        },
      };
    },
    hurry: () => connection.hurry(),
    close: () => connection.close(),
  };
};

/**
 * A stack's own channel over its own socket, `/canvas/deploy/track/{stackName}`: the position to resume from goes into
 * the address, so that a hole costs a new connection.
 */
import { inAccount, type StackAddress } from "../protocol/connection/channel-names.ts";
import { ChannelFollower, type ChannelListener, type Position } from "./channel-follower.ts";
import { Connection } from "./connection/connection.ts";
import type { ConnectionState } from "./connection/connection-state.ts";
import { serverFrameOf } from "./connection/server-frame.ts";
import type { StreamOptions } from "./stream.ts";

export type TrackOptions = StreamOptions & StackAddress & Readonly<{ from?: Position }>;

export type Track = Readonly<{
  state: () => ConnectionState;
  position: () => Position | undefined;
  /** Tries again at once if it is waiting to. */
  hurry: () => void;
  close: () => void;
}>;

/** Follows a stack until `close`, beyond the end of its operation. */
export const openTrack = (options: TrackOptions, listener: ChannelListener): Track => {
  const { url, account, region, stackName, from } = options;
  const base = `${url.replace(/^http/, "ws").replace(/\/$/, "")}/canvas/deploy/track/${encodeURIComponent(stackName)}`;
  const place = Object.entries({ ...inAccount(account), region })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  let subscribed = false;

  const receive = (text: string): void => {
    const frame = serverFrameOf(text);
    switch (frame?.type) {
      case "subscribed":
        subscribed = true;
        connection.accepted(frame.spreadMs);
        return follower.subscribed(frame);
      case "batch":
        if (subscribed && !follower.take(frame)) connection.restart();
        return;
      case "error":
        // Without a time it answers a request, and none is made here.
        return "timestamp" in frame ? listener.trouble?.(frame.error) : undefined;
      case "sampling":
        return listener.sampling?.(frame);
      case "disconnect":
        return connection.disconnected(frame);
      case "snapshot":
      case "deployment_progress":
      case "stack_progress":
      case "list":
      case "list_changed":
      case undefined:
        return;
    }
  };

  const connection: Connection = new Connection(
    {
      address: () => {
        const { position } = follower;
        const resumed =
          position && `&epoch=${encodeURIComponent(position.epoch)}&offset=${String(position.offset)}`;
        return `${base}?${place}${resumed ?? ""}`;
      },
      opened: () => undefined,
      frame: receive,
      lost: () => {
        subscribed = false;
        follower.pause();
      },
    },
    options,
  );

  const follower = new ChannelFollower(
    listener,
    (offset) => connection.send(JSON.stringify({ action: "ack", offset })),
    connection.patience.acknowledgeAfterMs,
    from,
  );

  return {
    state: () => connection.state,
    position: () => follower.position,
    hurry: () => connection.hurry(),
    close: () => connection.close(),
  };
};

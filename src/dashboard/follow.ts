/**
 * Follows a stack's channel from the browser: connects, resumes from the last offset after a drop, and hands on every
 * frame once and in order.
 */
import { PING, SUBPROTOCOL } from "../protocol/connection.ts";
import type { StackFrame, TroubleFrame } from "../protocol/stack-frames.ts";

type Target = Readonly<{ region: string; stackName: string; token: () => string }>;

type Listener = Readonly<{
  connection(state: string): void;
  /** What was shown so far is void: everything is told from the beginning. */
  reset(): void;
  frame(frame: StackFrame): void;
  trouble(frame: TroubleFrame): void;
}>;

/** What the server says to a client that opted in. */
type Message =
  | Readonly<{ type: "subscribed"; epoch: string; offset: number; floor: number; recovered: boolean }>
  | Readonly<{ type: "batch"; events: readonly StackFrame[] }>
  | Readonly<{ type: "disconnect"; reason: string; reconnect: boolean }>
  | TroubleFrame
  | Readonly<{ type: "pong" }>;

/** An idle socket is dropped by networks on the way without a word; milliseconds. */
const PING_EVERY = 25_000;

/** Events between two acknowledgements, by which the server sees that the page keeps up. */
const ACK_EVERY = 200;

export const follow = ({ region, stackName, token }: Target, listener: Listener): void => {
  let epoch: string | undefined;
  let last = 0;
  let failures = 0;
  let acknowledged = 0;

  const take = (frame: StackFrame): boolean => {
    if (frame.offset <= last) return true;
    if (last > 0 && frame.offset !== last + 1) return false;
    last = frame.offset;
    listener.frame(frame);
    return true;
  };

  const connect = (): void => {
    const url = new URL(`/canvas/deploy/track/${stackName}`, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("region", region);
    if (epoch !== undefined) {
      url.searchParams.set("epoch", epoch);
      url.searchParams.set("offset", String(last));
    }
    const socket = new WebSocket(url, [SUBPROTOCOL, `bearer.${token()}`]);
    let goodbye: string | undefined;
    const ping = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send(PING), PING_EVERY);

    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message: Message = JSON.parse(data);
      switch (message.type) {
        case "subscribed":
          listener.connection("live");
          failures = 0;
          if (!message.recovered) {
            last = message.floor - 1;
            listener.reset();
          }
          epoch = message.epoch;
          return;
        case "batch":
          if (!message.events.every(take)) return socket.close();
          if (last - acknowledged >= ACK_EVERY) {
            acknowledged = last;
            socket.send(JSON.stringify({ action: "ack", offset: last }));
          }
          return;
        case "error":
          return listener.trouble(message);
        case "disconnect":
          if (!message.reconnect) goodbye = message.reason;
          return;
        case "pong":
          return;
      }
    };

    socket.onclose = ({ code }) => {
      clearInterval(ping);
      if (goodbye !== undefined || code >= 4400) return listener.connection(`stopped: ${goodbye ?? code}`);
      listener.connection(epoch === undefined ? "cannot connect; trying again" : "reconnecting");
      const most = Math.min(30_000, 500 * 2 ** failures++);
      setTimeout(connect, Math.random() * most);
    };
  };

  connect();
};

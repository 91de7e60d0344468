/** One WebSocket from its making to its end, which is reported once, however it comes. */
import { after, newWebSocket } from "./platform.ts";

export type Socket = Readonly<{
  /** Only once it has opened. */
  send: (text: string) => void;
  /** Ends it at once, without waiting for the other side. */
  close: () => void;
}>;

/** What happens to a socket; nothing is reported after `closed`. */
type SocketEvents = Readonly<{
  opened: () => void;
  message: (data: unknown) => void;
  closed: (code: number, reason: string) => void;
}>;

const NORMAL = 1000;
/** The connection was lost, or never made. */
const ABNORMAL = 1006;

/** Throws where the address or a protocol is malformed. */
export const openSocket = (
  address: string,
  protocols: readonly string[],
  openWithinMs: number,
  events: SocketEvents,
): Socket => {
  const socket = newWebSocket(address, protocols);
  let isOver = false;
  const end = (code: number, reason: string): void => {
    if (isOver) return;
    isOver = true;
    cancelTimeout();
    socket.close(NORMAL);
    events.closed(code, reason);
  };
  const cancelTimeout = after(openWithinMs, () => end(ABNORMAL, "timeout"));
  socket.addEventListener("open", () => {
    cancelTimeout();
    if (!isOver) events.opened();
  });
  socket.addEventListener("message", ({ data }) => {
    if (!isOver) events.message(data);
  });
  socket.addEventListener("close", ({ code, reason }) => end(code, reason));
  socket.addEventListener("error", () => end(ABNORMAL, ""));
  return { send: (text) => socket.send(text), close: () => end(NORMAL, "") };
};

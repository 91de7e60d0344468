/**
 * The sockets of one channel, hibernatable: who sees what, until when, and how far behind. Sends what it is given and
 * decides nothing about stacks; keeps nothing that a wake-up could not rebuild from the sockets themselves.
 */
import { CLOSE, CLOSE_REASONS, reconnectsAfter, type CloseCode } from "../protocol/close-codes.ts";
import type { Session } from "../protocol/session.ts";
import type { LogRun } from "./event-log.ts";
import { isSlow, type Backlog } from "./slow-viewer.ts";

/** Kept with the socket over hibernation. */
export type Ticketed = Readonly<{ session: Session; optedIn: boolean }>;

/** One socket, and what the runtime does not tell of its queue. */
type Viewer = Ticketed & { backlog: Backlog };

/** One `batch` frame as text; `run` fits into it. */
export const batchText = (channel: string, run: LogRun, replay: boolean): string =>
  `{"type":"batch","channel":${JSON.stringify(channel)},"from":${run.from},"to":${run.to},` +
  `${replay ? '"replay":true,' : ""}"events":[${run.frames.join(",")}]}`;

export class Viewers {
  private readonly ctx: DurableObjectState;
  private readonly viewers = new Map<WebSocket, Viewer>();
  /** Unix seconds at which the first session ends. */
  private firstExpiry = Infinity;

  constructor(ctx: DurableObjectState, offset: number) {
    this.ctx = ctx;
    for (const socket of ctx.getWebSockets()) {
      const kept: Ticketed | null = socket.deserializeAttachment();
      if (kept && socket.readyState === WebSocket.OPEN) this.keep(socket, kept, newBacklog(offset));
    }
  }

  get count(): number {
    return this.viewers.size;
  }

  accept(socket: WebSocket, ticketed: Ticketed, offset: number): void {
    this.ctx.acceptWebSocket(socket);
    this.keep(socket, ticketed, newBacklog(offset));
  }

  /** Sends frames of a commit: one `batch` to viewers that opted in, one frame an event to all others. */
  broadcast(channel: string, runs: readonly LogRun[], now: number): void {
    this.expire(now);
    // Before anything is added: one commit may hold more than anybody can acknowledge in the turn that sends it.
    for (const [socket, { backlog, optedIn }] of this.viewers) {
      if (isSlow(backlog, optedIn, socket)) this.close(socket, CLOSE.slowConsumer);
    }
    for (const run of runs) {
      const batch = batchText(channel, run, false);
      for (const [socket, viewer] of this.viewers) {
        if (viewer.optedIn) this.send(socket, viewer, batch);
        else for (const frame of run.frames) this.send(socket, viewer, frame);
        viewer.backlog.sent = run.to;
      }
    }
  }

  /** Sends a frame that is no event to everybody. */
  tell(text: string, now: number): void {
    this.expire(now);
    for (const [socket, viewer] of this.viewers) this.send(socket, viewer, text);
  }

  /** Sends to one socket, as long as it is a viewer. */
  reply(socket: WebSocket, text: string): void {
    const viewer = this.viewers.get(socket);
    if (viewer) this.send(socket, viewer, text);
  }

  ticketOf(socket: WebSocket): Ticketed | undefined {
    return this.viewers.get(socket);
  }

  /** Notes a sign of life, and with an ack how far the viewer has come. */
  heard(socket: WebSocket, acknowledged?: number): void {
    const viewer = this.viewers.get(socket);
    if (!viewer) return;
    viewer.backlog.silentBytes = 0;
    if (acknowledged === undefined || acknowledged > viewer.backlog.sent) return;
    viewer.backlog.acknowledged = Math.max(viewer.backlog.acknowledged, acknowledged);
  }

  /** Gives a viewer a new session on the open socket. */
  renew(socket: WebSocket, session: Session): void {
    const viewer = this.viewers.get(socket);
    if (viewer) this.keep(socket, { session, optedIn: viewer.optedIn }, viewer.backlog);
  }

  /** Closes for a reason of ours, told before the close as it may be seen much later. */
  close(socket: WebSocket, code: CloseCode): void {
    const viewer = this.viewers.get(socket);
    if (!viewer) return;
    const reason = CLOSE_REASONS[code];
    if (viewer.optedIn) this.send(socket, viewer, disconnectText(code, reason));
    this.viewers.delete(socket);
    quietly(() => socket.close(code, reason));
  }

  /** The socket is gone, or about to be. False if it was closed from here. */
  left(socket: WebSocket): boolean {
    return this.viewers.delete(socket);
  }

  /** Closes sockets whose token has expired; checked when something is sent or heard, never by an alarm. */
  expire(now: number): void {
    if (now / 1000 < this.firstExpiry) return;
    this.firstExpiry = Infinity;
    for (const [socket, { session }] of this.viewers) {
      if (session.expiresAt <= now / 1000) this.close(socket, CLOSE.tokenExpired);
      else this.firstExpiry = Math.min(this.firstExpiry, session.expiresAt);
    }
  }

  private keep(socket: WebSocket, ticketed: Ticketed, backlog: Backlog): void {
    socket.serializeAttachment(ticketed);
    this.firstExpiry = Math.min(this.firstExpiry, ticketed.session.expiresAt);
    this.viewers.set(socket, { ...ticketed, backlog });
  }

  private send(socket: WebSocket, viewer: Viewer, text: string): void {
    viewer.backlog.silentBytes += text.length;
    quietly(() => socket.send(text));
  }
}

const newBacklog = (offset: number): Backlog => ({ sent: offset, acknowledged: offset, silentBytes: 0 });

const disconnectText = (code: CloseCode, reason: string): string =>
  JSON.stringify({ type: "disconnect", code, reason, reconnect: reconnectsAfter(code), retryAfterMs: 1500 });

/** A socket may be closing already; its close event settles the rest. */
const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // Nothing is owed to a socket that is gone.
  }
};

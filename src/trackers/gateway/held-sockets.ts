/**
 * The hibernatable sockets of an object: who is there, until when, and how far behind. Keeps nothing that a wake-up could
 * not rebuild from the sockets themselves, and knows nothing of channels.
 */
import {
  CLOSE,
  CLOSE_REASONS,
  reconnectsAfter,
  type CloseCode,
} from "../../protocol/connection/close-codes.ts";
import type { Disconnect } from "../../protocol/connection/control-frames.ts";
import type { Session } from "../../protocol/connection/session.ts";
import { FrameBudget } from "./frame-budget.ts";
import { isLagging, isSlow, newBacklog, type Backlog } from "./slow-viewer.ts";

/** Kept with the socket over hibernation. */
export type Ticketed = Readonly<{ session: Session; optedIn: boolean }>;

/** Reported for a close frame without a code, as browsers send it by default. */
const NO_CODE = 1005;

/** Reported where no close frame came: there is nobody to answer. */
const UNANSWERABLE: readonly number[] = [1006, 1015];

const RETRY_AFTER_MS = 1500;

/** A client over its rate limit is to be quiet for a while, as its next socket begins with a whole budget. */
const QUIET_MS = 30_000;

type Held<Kept> = { kept: Kept; readonly backlog: Backlog; readonly budget: FrameBudget };

export class HeldSockets<Kept extends Ticketed> {
  private readonly ctx: DurableObjectState;
  private readonly held = new Map<WebSocket, Held<Kept>>();
  private readonly gone: (socket: WebSocket, kept: Kept) => void;
  /** Unix seconds at which the first session ends. */
  private firstExpiry = Infinity;

  /** `gone` hears of every socket that is held no longer, whoever closed it. */
  constructor(ctx: DurableObjectState, gone: (socket: WebSocket, kept: Kept) => void = () => undefined) {
    this.ctx = ctx;
    this.gone = gone;
    for (const socket of ctx.getWebSockets()) {
      const kept: Kept | null = socket.deserializeAttachment();
      if (kept && socket.readyState === WebSocket.OPEN) this.hold(socket, kept);
    }
  }

  get count(): number {
    return this.held.size;
  }

  get sockets(): readonly WebSocket[] {
    return [...this.held.keys()];
  }

  accept(socket: WebSocket, kept: Kept): void {
    this.ctx.acceptWebSocket(socket);
    socket.serializeAttachment(kept);
    this.hold(socket, kept);
  }

  /** Undefined: the socket is not held any more. */
  keptOf(socket: WebSocket): Kept | undefined {
    return this.held.get(socket)?.kept;
  }

  /** Keeps something else with a socket. Throws if it is more than the runtime keeps, and nothing has changed then. */
  keep(socket: WebSocket, kept: Kept): void {
    const held = this.held.get(socket);
    if (!held) return;
    socket.serializeAttachment(kept);
    this.hold(socket, kept, held);
  }

  /** Sends to one socket, as long as it is held. */
  send(socket: WebSocket, text: string): void {
    const held = this.held.get(socket);
    if (!held) return;
    held.backlog.silentBytes += text.length;
    quietly(() => socket.send(text));
  }

  /** Sends events that are to be acknowledged: as a `batch` to who opted in, one frame each to all others. */
  sendLive(socket: WebSocket, frames: readonly string[], batch: string): void {
    const held = this.held.get(socket);
    if (!held) return;
    if (held.kept.optedIn) this.send(socket, batch);
    else for (const frame of frames) this.send(socket, frame);
    held.backlog.sent += frames.length;
  }

  /** Whether a client may say this now; it is closed if it is over its rate limit. */
  takes(socket: WebSocket, action: string, now: number): boolean {
    const isWithin = this.held.get(socket)?.budget.takes(action, now) ?? false;
    if (!isWithin) this.close(socket, CLOSE.tooManyRequests);
    return isWithin;
  }

  /** Notes a sign of life, and how many events more the client has acknowledged by it. */
  noteHeard(socket: WebSocket, acknowledged = 0): void {
    const held = this.held.get(socket);
    if (!held) return;
    held.backlog.silentBytes = 0;
    this.noteSettled(socket, acknowledged);
  }

  /** Notes that so many events more wait for no acknowledgement. */
  noteSettled(socket: WebSocket, events: number): void {
    const backlog = this.held.get(socket)?.backlog;
    if (backlog) backlog.acknowledged = Math.min(backlog.sent, backlog.acknowledged + events);
  }

  /** Closes the socket if its client is too slow to be kept. */
  closeIfSlow(socket: WebSocket): void {
    const held = this.judged(socket);
    if (held && isSlow(held.backlog, held.kept.optedIn, socket)) this.close(socket, CLOSE.slowConsumer);
  }

  /** The same before history is sent. Events count for nothing: a client may ask for more before it has got the last ones. */
  closeIfFull(socket: WebSocket): void {
    const held = this.judged(socket);
    if (held && isSlow(held.backlog, false, socket)) this.close(socket, CLOSE.slowConsumer);
  }

  /** Whether the client is so far behind that it should be spared what it can do without. */
  isLagging(socket: WebSocket): boolean {
    const held = this.judged(socket);
    return held !== undefined && isLagging(held.backlog, held.kept.optedIn, socket);
  }

  /** Closes for a reason of ours, sent before the close as it may be seen much later. */
  close(socket: WebSocket, code: CloseCode): void {
    const held = this.held.get(socket);
    if (!held) return;
    if (held.kept.optedIn) this.send(socket, disconnectText(code));
    this.left(socket);
    quietly(() => socket.close(code, CLOSE_REASONS[code]));
  }

  /** The socket is gone, or about to be. False if it was closed from here. */
  left(socket: WebSocket): boolean {
    const held = this.held.get(socket);
    this.held.delete(socket);
    if (held) this.gone(socket, held.kept);
    return held !== undefined;
  }

  /**
   * The client has closed. Hibernatable sockets are not answered by the runtime, whatever the compatibility date: the
   * client would wait for it.
   */
  closedBy(socket: WebSocket, code: number, reason: string): void {
    if (!this.left(socket) || UNANSWERABLE.includes(code)) return;
    if (code === NO_CODE) socket.close();
    else socket.close(code, reason);
  }

  /** Closes sockets whose token has expired; checked when something is sent or heard, never by an alarm. */
  expire(now: number): void {
    if (now / 1000 < this.firstExpiry) return;
    this.firstExpiry = Infinity;
    for (const [socket, { kept }] of this.held) {
      if (kept.session.expiresAt <= now / 1000) this.close(socket, CLOSE.tokenExpired);
      else this.firstExpiry = Math.min(this.firstExpiry, kept.session.expiresAt);
    }
  }

  /** A ping that the runtime answered is a sign of life, too: the object is not woken by it and has to ask. */
  private judged(socket: WebSocket): Held<Kept> | undefined {
    const held = this.held.get(socket);
    const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    if (held && pingedAt > held.backlog.pingedAt) {
      held.backlog.pingedAt = pingedAt;
      held.backlog.silentBytes = 0;
    }
    return held;
  }

  private hold(
    socket: WebSocket,
    kept: Kept,
    { backlog, budget } = { backlog: newBacklog(), budget: new FrameBudget() },
  ): void {
    this.firstExpiry = Math.min(this.firstExpiry, kept.session.expiresAt);
    this.held.set(socket, { kept, backlog, budget });
  }
}

const disconnectText = (code: CloseCode): string => {
  const reconnect = reconnectsAfter(code);
  const frame: Disconnect = {
    type: "disconnect",
    code,
    reason: CLOSE_REASONS[code],
    reconnect,
    retryAfterMs: code === CLOSE.tooManyRequests ? QUIET_MS : RETRY_AFTER_MS,
  };
  return JSON.stringify(frame);
};

/** A socket may be closing already; its close event settles the rest. */
const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // Nothing is owed to a socket that is gone.
  }
};

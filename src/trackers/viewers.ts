/** The viewers of an object's own channel: sends what it is given and decides nothing about stacks. */
import type { CloseCode } from "../protocol/close-codes.ts";
import type { Session } from "../protocol/session.ts";
import type { LogRun } from "./event-log.ts";
import { batchText } from "./frame-text.ts";
import { HeldSockets, type Ticketed } from "./held-sockets.ts";

export class Viewers {
  private readonly sockets: HeldSockets<Ticketed>;
  /** Newest offset that each viewer acknowledged, or where it joined. */
  private readonly acknowledged = new WeakMap<WebSocket, number>();
  /** Newest offset that was sent. */
  private sent: number;

  constructor(ctx: DurableObjectState, offset: number) {
    this.sockets = new HeldSockets(ctx);
    this.sent = offset;
    for (const socket of this.sockets.sockets) this.acknowledged.set(socket, offset);
  }

  get count(): number {
    return this.sockets.count;
  }

  accept(socket: WebSocket, ticketed: Ticketed, offset: number): void {
    this.sockets.accept(socket, ticketed);
    this.acknowledged.set(socket, offset);
  }

  /** Sends frames of a commit: one `batch` to viewers that opted in, one frame an event to all others. */
  broadcast(channel: string, runs: readonly LogRun[], now: number): void {
    this.sockets.expire(now);
    // Before anything is added: one commit may hold more than anybody can acknowledge in the turn that sends it.
    for (const socket of this.sockets.sockets) this.sockets.closeIfSlow(socket);
    for (const run of runs) {
      const batch = batchText(channel, run, false);
      for (const socket of this.sockets.sockets) this.sockets.sendLive(socket, run.frames, batch);
      this.sent = run.to;
    }
  }

  /** Sends a frame that is no event to everybody. */
  tell(text: string, now: number): void {
    this.sockets.expire(now);
    for (const socket of this.sockets.sockets) this.sockets.send(socket, text);
  }

  /** Sends to one socket, as long as it is a viewer. */
  reply(socket: WebSocket, text: string): void {
    this.sockets.send(socket, text);
  }

  ticketOf(socket: WebSocket): Ticketed | undefined {
    return this.sockets.keptOf(socket);
  }

  /** Whether a viewer may say this now; it is closed if it says too much. */
  takes(socket: WebSocket, action: string, now: number): boolean {
    return this.sockets.takes(socket, action, now);
  }

  /** Notes a sign of life, and with an ack how far the viewer has come. */
  heard(socket: WebSocket, acknowledged = 0): void {
    const before = this.acknowledged.get(socket) ?? this.sent;
    const isNews = acknowledged > before && acknowledged <= this.sent;
    if (isNews) this.acknowledged.set(socket, acknowledged);
    this.sockets.noteHeard(socket, isNews ? acknowledged - before : 0);
  }

  /** Gives a viewer a new session on the open socket. */
  renew(socket: WebSocket, session: Session): void {
    const ticketed = this.sockets.keptOf(socket);
    if (ticketed) this.sockets.keep(socket, { session, optedIn: ticketed.optedIn });
  }

  close(socket: WebSocket, code: CloseCode): void {
    this.sockets.close(socket, code);
  }

  /** The socket is gone. */
  left(socket: WebSocket): void {
    this.sockets.left(socket);
  }

  /** The client has closed. */
  closedBy(socket: WebSocket, code: number, reason: string): void {
    this.sockets.closedBy(socket, code, reason);
  }

  expire(now: number): void {
    this.sockets.expire(now);
  }
}

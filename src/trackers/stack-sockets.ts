/**
 * The conversation on a stack's own socket: joining with or without a position to resume from, and the few words that
 * a client may say. `PROTOCOL.md` has the rules.
 */
import { mayRead } from "../auth/rights.ts";
import { CLOSE } from "../protocol/close-codes.ts";
import { PONG, SUBPROTOCOL } from "../protocol/connection.ts";
import {
  clientFrameSchema,
  type Authorized,
  type ClientFrame,
  type RequestError,
  type Subscribed,
} from "../protocol/control-frames.ts";
import type { Session } from "../protocol/session.ts";
import type { TroubleFrame } from "../protocol/stack-frames.ts";
import type { AuthSettings } from "../settings.ts";
import type { LogRun } from "./event-log.ts";
import { batchText } from "./frame-text.ts";
import { frameOf } from "./incoming-frame.ts";
import { renewalOf } from "./renewal.ts";
import type { StackStore } from "./stack-store.ts";
import { Viewers } from "./viewers.ts";

/** A client's position, if it gave one. An epoch or an offset alone recovers nothing. */
type Asked = Readonly<{ epoch: string | null; offset: string | null }>;

export class StackSockets {
  readonly viewers: Viewers;
  private readonly channel: string;
  private readonly store: StackStore;
  private readonly auth: AuthSettings;
  /** The attempt's frames so far, made once for all who join before the next commit. */
  private history:
    Readonly<{ head: number; runs: readonly LogRun[]; batches: readonly string[] }> | undefined;

  constructor(ctx: DurableObjectState, channel: string, store: StackStore, auth: AuthSettings) {
    this.viewers = new Viewers(ctx, store.offset);
    this.channel = channel;
    this.store = store;
    this.auth = auth;
  }

  /** Accepts the upgrade and brings the viewer up to date, in one turn: no commit comes between. */
  join(request: Request, session: Session, trouble: TroubleFrame | undefined): Response {
    const { searchParams } = new URL(request.url);
    const asked = { epoch: searchParams.get("epoch"), offset: searchParams.get("offset") };
    const offered = request.headers.get("Sec-WebSocket-Protocol") === SUBPROTOCOL;
    const optedIn = offered || asked.epoch !== null || asked.offset !== null;
    const { 0: client, 1: server } = new WebSocketPair();
    this.viewers.accept(server, { session, optedIn }, this.store.offset);
    if (optedIn) this.resume(server, asked);
    else
      for (const { frames } of this.past().runs)
        for (const frame of frames) this.viewers.reply(server, frame);
    if (trouble) this.viewers.reply(server, JSON.stringify(trouble));
    const headers = offered ? { "Sec-WebSocket-Protocol": SUBPROTOCOL } : undefined;
    return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
  }

  /** Sends what a commit brought to everybody. */
  broadcast(runs: readonly LogRun[], now: number): void {
    this.viewers.broadcast(this.channel, runs, now);
  }

  async heard(socket: WebSocket, message: string | ArrayBuffer, now: number): Promise<void> {
    this.viewers.expire(now);
    const read = frameOf(clientFrameSchema, message);
    if (!read.ok) return this.viewers.close(socket, read.failure);
    const frame = read.value;
    if (!this.viewers.takes(socket, frame.action, now)) return;
    switch (frame.action) {
      case "ping":
        // The runtime answers the usual spelling itself; this is for others.
        this.viewers.heard(socket);
        return this.viewers.reply(socket, PONG);
      case "ack":
        return this.viewers.heard(socket, frame.offset);
      case "auth":
        return this.authorize(socket, frame, now);
    }
  }

  private resume(socket: WebSocket, { epoch, offset }: Asked): void {
    const { store, channel } = this;
    const last = offset === null ? NaN : Number(offset);
    const recovered = epoch === store.epoch && last >= store.floor - 1 && last <= store.offset;
    const subscribed: Subscribed = {
      type: "subscribed",
      channel,
      epoch: store.epoch,
      offset: store.offset,
      floor: store.floor,
      wasRecovering: epoch !== null || offset !== null,
      recovered,
    };
    this.viewers.reply(socket, JSON.stringify(subscribed));
    const batches = recovered
      ? store.log.after(last).map((run) => batchText(channel, run, true))
      : this.past().batches;
    for (const batch of batches) this.viewers.reply(socket, batch);
  }

  private past() {
    const { store, channel } = this;
    if (this.history?.head === store.offset) return this.history;
    const runs = store.log.after(store.floor - 1);
    this.history = { head: store.offset, runs, batches: runs.map((run) => batchText(channel, run, true)) };
    return this.history;
  }

  private async authorize(
    socket: WebSocket,
    frame: Extract<ClientFrame, { action: "auth" }>,
    now: number,
  ): Promise<void> {
    const renewal = await renewalOf(frame, this.auth, now);
    if (!renewal.ok)
      return "close" in renewal.failure
        ? this.viewers.close(socket, renewal.failure.close)
        : this.control(socket, renewal.failure.answer);
    const { session, answer } = renewal.value;
    if (!mayRead(session, this.channel)) return this.viewers.close(socket, CLOSE.forbidden);
    this.viewers.renew(socket, session);
    this.control(socket, answer);
  }

  /** Speaks of the connection, to a viewer that opted in. */
  private control(socket: WebSocket, frame: Authorized | RequestError): void {
    if (this.viewers.ticketOf(socket)?.optedIn) this.viewers.reply(socket, JSON.stringify(frame));
  }
}

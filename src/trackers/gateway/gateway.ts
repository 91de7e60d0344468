/**
 * A gateway: holds all sockets near their viewers, and passes on what the channels' owners push. It knows no event from
 * another and keeps no history: losing it costs its viewers a reconnect. The states of a socket:
 *
 *     Open for any channels ──subscribe──► Arriving ──admitted──► Live ──unsubscribe──► Open …
 *       │ nothing within 10 s: 4408          ▲                     │ slow, expired, refused, insufficient state
 *       ▼                                    │                     ▼
 *     Closing ◄──────────────────────────────┼─────────────────  Closing
 *     Opened for one channel ────────────────┘  (its answer to the upgrade is what it is owed)
 */
import { DurableObject } from "cloudflare:workers";
import { verifyToken } from "../../auth/token.ts";
import type { Push } from "../../protocol/rpc/channel-owner.ts";
import type { ListChannel } from "../../protocol/connection/list-channels.ts";
import type { ListPush } from "../../protocol/rpc/list-owner.ts";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import { PING, PONG, SUBPROTOCOL, SUBSCRIBE_WITHIN_SECONDS } from "../../protocol/connection/connection.ts";
import { SESSION_HEADER, sessionHeaderSchema, TICKET_HEADER } from "../../protocol/connection/session.ts";
import {
  channelRequestSchema,
  FULL_STATUS,
  OPENED_FOR_HEADER,
  SHARDS_HEADER,
} from "../../protocol/rpc/socket-request.ts";
import type { Env } from "../../env.ts";
import { installSecret } from "../../install-secret.ts";
import { settingsOf } from "../../settings.ts";
import { GatewayCensus } from "./gateway-census.ts";
import { GatewayChannels } from "./gateway-channels.ts";
import { GatewayConversation } from "./gateway-conversation.ts";
import { GatewayList } from "./gateway-lists.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import { HeldSockets } from "./held-sockets.ts";
import type { GatewayRpc } from "./gateway-rpc.ts";
import { ticketIn, UsedTickets } from "./used-tickets.ts";

/** Sockets of one gateway: with more, each push takes too long for all of them. */
const MOST_SOCKETS = 5_000;

const SUBSCRIBE_WITHIN_MS = SUBSCRIBE_WITHIN_SECONDS * 1000;

export class Gateway extends DurableObject<Env> implements GatewayRpc {
  private readonly sockets: HeldSockets<GatewayTicket>;
  private readonly channels: GatewayChannels;
  private readonly lists: Readonly<Record<ListChannel, GatewayList>>;
  private readonly conversation: GatewayConversation;
  private readonly tickets: UsedTickets;
  private readonly census: GatewayCensus;
  /** Gateways of this place, as far as the Worker has said. */
  private shards = 1;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    // The Worker lets nobody in without these.
    if (!settings.ok || ctx.id.name === undefined) throw new Error("No gateway can be here");
    this.tickets = new UsedTickets(ctx);
    this.census = new GatewayCensus(ctx, env);
    this.sockets = new HeldSockets(ctx, (socket, ticket) => {
      for (const channel of this.channels.of(ticket)) channel.remove(socket);
      this.tickets.outlive(ticket.used, Date.now());
      for (const list of ticket.lists ?? []) this.lists[list].remove(socket);
      this.census.note(this.sockets.count, Date.now());
    });
    this.lists = {
      board: new GatewayList(ctx, env, "board", this.sockets),
      directory: new GatewayList(ctx, env, "directory", this.sockets),
    };
    this.channels = new GatewayChannels(ctx, env, this.sockets);
    this.channels.closeLost();
    const { auth } = settings.value;
    this.conversation = new GatewayConversation(
      ctx.id.name,
      this.sockets,
      { channels: this.channels, lists: this.lists },
      (token, now) => verifyToken(token, auth, now, () => installSecret(env, auth)),
    );
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  override async fetch(request: Request): Promise<Response> {
    const session = sessionHeaderSchema.safeParse(request.headers.get(SESSION_HEADER));
    if (!session.success) return new Response(null, { status: 401 });
    const used = ticketIn(request.headers.get(TICKET_HEADER));
    if (used && !this.tickets.take(used, Date.now())) return new Response(null, { status: 401 });
    this.shards = Math.max(this.shards, Number(request.headers.get(SHARDS_HEADER) ?? 0));
    if (this.sockets.count >= MOST_SOCKETS)
      return new Response(null, {
        status: FULL_STATUS,
        headers: { [SHARDS_HEADER]: String(this.shards) },
      });
    const ticket = {
      session: session.data,
      optedIn: request.headers.get("Sec-WebSocket-Protocol") === SUBPROTOCOL,
      ...(used && { used }),
    };
    const { optedIn } = ticket;
    const { 0: client, 1: server } = new WebSocketPair();
    const asked = channelRequestSchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (asked.success) {
      await this.conversation.open(server, ticket, asked.data);
    } else {
      const now = Date.now();
      this.sockets.accept(server, { ...ticket, waitingSince: now, subscriptions: [] });
      if ((await this.ctx.storage.getAlarm()) === null)
        await this.ctx.storage.setAlarm(now + SUBSCRIBE_WITHIN_MS);
    }
    this.census.note(this.sockets.count, Date.now());
    const headers = {
      ...(optedIn && { "Sec-WebSocket-Protocol": SUBPROTOCOL }),
      ...(asked.success && { [OPENED_FOR_HEADER]: asked.data.channel }),
    };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.conversation.heard(socket, message, Date.now());
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    this.sockets.closedBy(socket, code, reason);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.sockets.left(socket);
  }

  /** Closes sockets that did not subscribe in time, and comes again only while others may still be late. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    let next = Infinity;
    for (const socket of this.sockets.sockets) {
      const since = this.sockets.keptOf(socket)?.waitingSince;
      if (since === undefined) continue;
      const due = this.conversation.isArriving(socket)
        ? now + SUBSCRIBE_WITHIN_MS
        : since + SUBSCRIBE_WITHIN_MS;
      if (due <= now) this.sockets.close(socket, CLOSE.nothingSubscribed);
      else next = Math.min(next, due);
    }
    if (next < Infinity) await this.ctx.storage.setAlarm(next);
  }

  /** A channel's owner tells what is new. */
  async push(push: Push): Promise<Readonly<{ viewers: number }>> {
    const channel = this.channels.find(push.channel);
    await channel?.push(push, Date.now());
    return { viewers: channel?.viewers ?? 0 };
  }

  /** A list's owner tells what has changed. */
  async pushList(push: ListPush): Promise<Readonly<{ viewers: number }>> {
    return { viewers: this.lists[push.channel].push(push, Date.now()) };
  }
}

/** What clients of a gateway may say, and what becomes of it. `PROTOCOL.md` has the rules. */
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import { MAX_SUBSCRIPTIONS, PONG } from "../../protocol/connection/connection.ts";
import {
  clientFrameSchema,
  gatewayFrameSchema,
  type Authorized,
  type GatewayFrame,
  type RequestError,
  type Subscribe,
} from "../../protocol/connection/control-frames.ts";
import { isListChannel, type ListChannel } from "../../protocol/connection/list-channels.ts";
import type { ChannelRequest } from "../../protocol/rpc/socket-request.ts";
import { Arrivals } from "./gateway-arrival.ts";
import type { GatewayChannel } from "./gateway-channel.ts";
import type { GatewayChannels } from "./gateway-channels.ts";
import type { Refusal } from "./gateway-owners.ts";
import { coverageOf, isChannel, maySee, NO_CHANNEL, NOT_COVERED } from "./gateway-rights.ts";
import type { GatewayList } from "./gateway-lists.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";
import { incomingFrameOf } from "./incoming-frame.ts";
import { idOf, renewalOf, type Verify } from "./renewal.ts";

/** Channels that a socket has asked for and is not in yet; the newest request for a channel counts. */
type Requests = Map<string, Subscribe>;

/** What can be watched. */
type Watched = Readonly<{ channels: GatewayChannels; lists: Readonly<Record<ListChannel, GatewayList>> }>;

export class GatewayConversation {
  private readonly sockets: HeldSockets<GatewayTicket>;
  private readonly channels: GatewayChannels;
  private readonly lists: Watched["lists"];
  private readonly verify: Verify;
  private readonly arrivals: Arrivals;
  private readonly requests = new WeakMap<WebSocket, Requests>();

  constructor(
    gateway: string,
    sockets: HeldSockets<GatewayTicket>,
    { channels, lists }: Watched,
    verify: Verify,
  ) {
    this.sockets = sockets;
    this.channels = channels;
    this.lists = lists;
    this.verify = verify;
    this.arrivals = new Arrivals(gateway, sockets);
  }

  /** Accepts a socket that is opened for one channel: resolves when it was sent what it is owed, or is closed. */
  async open(
    socket: WebSocket,
    opened: Omit<GatewayTicket, "subscriptions">,
    request: ChannelRequest,
  ): Promise<void> {
    const { channel, epoch, offset } = request;
    const ticket = { ...opened, only: channel, subscriptions: [] };
    this.sockets.accept(socket, ticket);
    await this.subscribe(socket, ticket, {
      action: "subscribe",
      channel,
      ...(epoch !== undefined && { epoch }),
      ...(offset !== undefined && { offset }),
    });
  }

  async heard(socket: WebSocket, message: string | ArrayBuffer, now: number): Promise<void> {
    this.sockets.expire(now);
    const ticket = this.sockets.keptOf(socket);
    if (!ticket) return;
    const frame = incomingFrameOf(
      ticket.only === undefined ? gatewayFrameSchema : clientFrameSchema,
      message,
    );
    if (!frame.ok) return this.sockets.close(socket, frame.failure);
    if (!this.sockets.takes(socket, frame.value.action, now)) return;
    const unsure = this.channels.of(ticket).map((channel) => channel.reassure(now));
    await Promise.all([this.answer(socket, ticket, frame.value, now), ...unsure]);
  }

  /** Whether a socket is on its way into a channel. */
  isArriving(socket: WebSocket): boolean {
    return (this.requests.get(socket)?.size ?? 0) > 0;
  }

  private async answer(
    socket: WebSocket,
    ticket: GatewayTicket,
    frame: GatewayFrame,
    now: number,
  ): Promise<void> {
    // Who only ever asks for more does not show that it reads what it gets.
    if (!["subscribe", "unsubscribe"].includes(frame.action)) this.sockets.noteHeard(socket);
    switch (frame.action) {
      case "ping":
        // The runtime answers the usual spelling itself; this is for others.
        return this.sockets.send(socket, PONG);
      case "ack":
        return this.acknowledge(socket, ticket, frame);
      case "auth":
        return this.authorize(socket, frame, now);
      case "subscribe":
        return this.subscribe(socket, ticket, frame);
      case "unsubscribe":
        return this.unsubscribe(socket, frame.channel);
    }
  }

  private acknowledge(
    socket: WebSocket,
    ticket: GatewayTicket,
    { channel: name, offset }: Extract<GatewayFrame, { action: "ack" }>,
  ): void {
    const [only, ...others] = this.channels.of(ticket);
    // Without a name it can only be understood where there is but one channel.
    const channel = name === undefined ? (others.length === 0 ? only : undefined) : this.channels.find(name);
    if (channel) this.sockets.noteHeard(socket, channel.acknowledge(socket, offset));
  }

  private async subscribe(socket: WebSocket, ticket: GatewayTicket, request: Subscribe): Promise<void> {
    const { id, channel: name, epoch, offset } = request;
    if (!ticket.optedIn && (id ?? epoch ?? offset) !== undefined)
      this.sockets.keep(socket, { ...ticket, optedIn: true });
    // What is seen of a list is decided row by row.
    const coverage = isListChannel(name) ? "covered" : coverageOf(ticket.session, name);
    if (coverage === "uncovered") return this.refuse(socket, request, { failure: NOT_COVERED });
    if (!isListChannel(name) && !isChannel(name))
      return this.refuse(socket, request, { failure: NO_CHANNEL });
    const requests = this.requestsOf(socket);
    const names = this.channels.of(ticket).map((one) => one.name);
    const others = new Set([...names, ...(ticket.lists ?? []), ...requests.keys()]);
    others.delete(name);
    if (others.size >= MAX_SUBSCRIPTIONS) return this.sockets.close(socket, CLOSE.tooManySubscriptions);
    requests.set(name, request);
    const refusal = isListChannel(name)
      ? await this.bringIntoList(socket, name, request)
      : await this.bring(socket, this.channels.open(name), request);
    if (requests.get(name) === request) requests.delete(name);
    if (!refusal) return;
    const isAnswered = coverage === "covered" || "close" in refusal;
    this.refuse(socket, request, isAnswered ? refusal : { failure: NOT_COVERED });
  }

  private bring(
    socket: WebSocket,
    channel: GatewayChannel,
    request: Subscribe,
  ): Promise<Refusal | undefined> {
    return channel.whileArriving(() => {
      this.drop(socket, channel);
      return this.arrivals.bring(channel, {
        socket,
        request: request,
        allows: (address) => {
          const session = this.sockets.keptOf(socket)?.session;
          return session !== undefined && maySee(session, channel.name, address);
        },
        isWanted: () => this.isWanted(socket, request),
        admit: (joinedAt) =>
          this.admit(socket, request, ({ subscriptions, ...kept }) => ({
            ...kept,
            subscriptions: [...subscriptions, [channel.number, joinedAt]],
          })),
      });
    });
  }

  private bringIntoList(
    socket: WebSocket,
    name: ListChannel,
    request: Subscribe,
  ): Promise<Refusal | undefined> {
    this.dropList(socket, name);
    return this.lists[name].bring({
      socket,
      request: request,
      isWanted: () => this.isWanted(socket, request),
      admit: () =>
        this.admit(socket, request, ({ lists = [], ...kept }) => ({ ...kept, lists: [...lists, name] })),
    });
  }

  private isWanted(socket: WebSocket, request: Subscribe): boolean {
    return (
      this.sockets.keptOf(socket) !== undefined && this.requestsOf(socket).get(request.channel) === request
    );
  }

  /** Keeps that a viewer is in. */
  private admit(
    socket: WebSocket,
    { channel }: Subscribe,
    enter: (ticket: GatewayTicket) => GatewayTicket,
  ): void {
    this.requestsOf(socket).delete(channel);
    const ticket = this.sockets.keptOf(socket);
    if (!ticket) return;
    const { waitingSince: _, ...kept } = ticket;
    this.sockets.keep(socket, enter(kept));
  }

  private unsubscribe(socket: WebSocket, name: string): void {
    this.requestsOf(socket).delete(name);
    if (isListChannel(name)) return this.dropList(socket, name);
    const channel = this.channels.find(name);
    if (channel) this.drop(socket, channel);
  }

  private drop(socket: WebSocket, channel: GatewayChannel): void {
    const ticket = this.sockets.keptOf(socket);
    const subscriptions = ticket?.subscriptions.filter(([number]) => number !== channel.number);
    if (!ticket || !subscriptions || subscriptions.length === ticket.subscriptions.length) return;
    this.sockets.keep(socket, { ...ticket, subscriptions });
    // What was sent of it need not be acknowledged any more.
    this.sockets.noteSettled(socket, channel.remove(socket));
  }

  private dropList(socket: WebSocket, name: ListChannel): void {
    const ticket = this.sockets.keptOf(socket);
    if (!ticket?.lists?.includes(name)) return;
    this.sockets.keep(socket, { ...ticket, lists: ticket.lists.filter((one) => one !== name) });
    this.lists[name].remove(socket);
  }

  private async authorize(
    socket: WebSocket,
    frame: Extract<GatewayFrame, { action: "auth" }>,
    now: number,
  ): Promise<void> {
    const renewal = await renewalOf(frame, this.verify, now);
    const ticket = this.sockets.keptOf(socket);
    if (!ticket) return;
    if (!renewal.ok)
      return "close" in renewal.failure
        ? this.sockets.close(socket, renewal.failure.close)
        : this.control(socket, renewal.failure.answer);
    const { session, answer } = renewal.value;
    if (!this.channels.of(ticket).every(({ name, address }) => maySee(session, name, address)))
      return this.sockets.close(socket, CLOSE.forbidden);
    // Which rows there are is another question now: it comes back and is reported.
    const isOther = JSON.stringify(session.channels) !== JSON.stringify(ticket.session.channels);
    if (isOther && (ticket.lists?.length ?? 0) > 0)
      return this.sockets.close(socket, CLOSE.insufficientState);
    this.sockets.keep(socket, { ...ticket, session });
    this.control(socket, answer);
  }

  private refuse(socket: WebSocket, request: Subscribe, refusal: Refusal): void {
    if ("close" in refusal) return this.sockets.close(socket, refusal.close);
    const { code, message } = refusal.failure;
    if (this.sockets.keptOf(socket)?.optedIn)
      return this.control(socket, {
        type: "error",
        ...idOf(request),
        channel: request.channel,
        error: { code, message },
      });
    // The classic protocol has no word for it.
    this.sockets.close(socket, refusal.failure === NO_CHANNEL ? CLOSE.badFrame : CLOSE.forbidden);
  }

  /** Speaks of the connection, to a client that opted in. */
  private control(socket: WebSocket, frame: Authorized | RequestError): void {
    if (this.sockets.keptOf(socket)?.optedIn) this.sockets.send(socket, JSON.stringify(frame));
  }

  private requestsOf(socket: WebSocket): Requests {
    const known = this.requests.get(socket);
    if (known) return known;
    const requests: Requests = new Map();
    this.requests.set(socket, requests);
    return requests;
  }
}

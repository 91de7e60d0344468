/**
 * How a viewer gets into a channel: asks the owner, sends what the viewer is owed, and lets it in at the one moment at
 * which nothing is missed and nothing repeated, whatever is pushed meanwhile.
 */
import { spreadMsOf } from "../../domain/spread.ts";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest } from "../../protocol/rpc/channel-owner.ts";
import type { Subscribe, Subscribed } from "../../protocol/connection/control-frames.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import { success, type Result } from "../../protocol/result.ts";
import { batchText, snapshotText } from "../../channel/frame-text.ts";
import type { GatewayChannel } from "./gateway-channel.ts";
import type { Refusal } from "./gateway-owners.ts";
import { NOT_COVERED } from "./gateway-rights.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";
import { idOf } from "./renewal.ts";

/** What the owner answered, and the frames that follow from it, made once for all who asked the same at the same time. */
type Welcome = Readonly<{ join: Join; frames: readonly string[] }>;

/** A viewer on its way in. */
export type Arrival = Readonly<{
  socket: WebSocket;
  request: Subscribe;
  /** Whether the session allows the channel, given whose it is. */
  allows(address: DeploymentAddress | undefined): boolean;
  /** False once the viewer left or asked for something else. */
  isWanted(): boolean;
  /** Keeps that the viewer is in from an offset on. */
  admit(joinedAt: number): void;
}>;

export class Arrivals {
  private readonly gateway: string;
  private readonly sockets: HeldSockets<GatewayTicket>;
  /** Questions under way: many who come at once cost the owner one. */
  private readonly asked = new Map<string, Promise<Result<Welcome, Refusal>>>();

  constructor(gateway: string, sockets: HeldSockets<GatewayTicket>) {
    this.gateway = gateway;
    this.sockets = sockets;
  }

  /** Brings a viewer in. The answer says why not; undefined also if it is wanted no more. */
  async bring(channel: GatewayChannel, arrival: Arrival): Promise<Refusal | undefined> {
    const classic = !this.sockets.keptOf(arrival.socket)?.optedIn;
    for (;;) {
      const epoch = channel.position?.epoch;
      const subject = this.sockets.keptOf(arrival.socket)?.session.subject;
      const welcome = await this.ask(channel, arrival.request, classic, subject);
      this.sockets.expire(Date.now());
      this.sockets.closeIfFull(arrival.socket);
      if (!arrival.isWanted()) return undefined;
      if (!welcome.ok) return welcome.failure;
      const { join } = welcome.value;
      if (!arrival.allows(join.address)) return { failure: NOT_COVERED };
      const now = channel.position?.epoch;
      // Of two epochs nobody can tell which is the newer, unless one of them was there when the owner was asked.
      if (now !== undefined && now !== join.epoch && now !== epoch) continue;
      channel.open(join, join.address);
      this.greet(channel.name, arrival, welcome.value, classic);
      return this.letIn(channel, arrival, join);
    }
  }

  private greet(
    name: string,
    { socket, request }: Arrival,
    { join, frames }: Welcome,
    classic: boolean,
  ): void {
    const { epoch, offset, floor, recovered } = join;
    const wasRecovering = request.epoch !== undefined || request.offset !== undefined;
    const spreadMs = spreadMsOf(this.sockets.count);
    const subscribed: Subscribed = {
      type: "subscribed",
      ...idOf(request),
      channel: name,
      epoch,
      offset,
      floor,
      wasRecovering,
      recovered,
      ...(spreadMs !== undefined && { spreadMs }),
    };
    if (!classic) this.sockets.send(socket, JSON.stringify(subscribed));
    for (const frame of frames) this.sockets.send(socket, frame);
  }

  /**
   * Tells the viewer what the owner's answer could not carry, and what was passed on to others while it was under way;
   * then lets it in.
   */
  private async letIn(
    channel: GatewayChannel,
    { socket, isWanted, admit }: Arrival,
    join: Join,
  ): Promise<Refusal | undefined> {
    let sentUpTo = join.runs.at(-1)?.to ?? join.offset;
    while (channel.position && Math.max(channel.position.offset, join.offset) > sentUpTo) {
      const missed = await channel.owner.since(join.epoch, sentUpTo);
      this.sockets.expire(Date.now());
      if (!isWanted()) return undefined;
      if (!missed.ok) return { close: missed.failure };
      const last = missed.value.runs.at(-1);
      if (!last) return { close: CLOSE.insufficientState };
      for (const run of missed.value.runs)
        channel.deliver(socket, run, batchText(channel.name, run, run.from <= join.offset));
      sentUpTo = last.to;
    }
    if (channel.position?.epoch !== join.epoch) return { close: CLOSE.insufficientState };
    channel.add(socket, sentUpTo, join.offset);
    admit(sentUpTo);
    await channel.reach(sentUpTo);
    return undefined;
  }

  private ask(
    channel: GatewayChannel,
    { epoch, offset }: Subscribe,
    classic: boolean,
    subject: string | undefined,
  ): Promise<Result<Welcome, Refusal>> {
    const key = JSON.stringify([channel.name, epoch, offset, classic]);
    const known = this.asked.get(key);
    if (known) return known;
    const answer = this.welcomeOf(channel, {
      gateway: this.gateway,
      classic,
      ...(epoch !== undefined && { epoch }),
      ...(offset !== undefined && { offset }),
      ...(subject !== undefined && { subject }),
      version: RPC_VERSION,
    }).finally(() => this.asked.delete(key));
    this.asked.set(key, answer);
    return answer;
  }

  private async welcomeOf(
    { name, owner }: GatewayChannel,
    request: JoinRequest,
  ): Promise<Result<Welcome, Refusal>> {
    const joined = await owner.join(request);
    if (!joined.ok) return joined;
    const { epoch, offset, snapshot, runs, transient = [] } = joined.value;
    const history = request.classic
      ? runs.flatMap(({ frames }) => frames)
      : [
          ...(snapshot === undefined ? [] : [snapshotText(name, epoch, offset, snapshot)]),
          ...runs.map((run) => batchText(name, run, true)),
        ];
    return success({ join: joined.value, frames: [...history, ...transient] });
  }
}

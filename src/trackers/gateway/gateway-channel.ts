/**
 * One channel in a gateway: its viewers, and the position up to which they have been sent events. Pushes may be lost, repeated
 * or overtake each other and the answers to a join; each viewer gets each event once and in order nevertheless.
 */
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Push, Run } from "../../protocol/rpc/channel-owner.ts";
import { batchText, deletedText } from "../../channel/frame-text.ts";
import { carryPosition } from "./carried-position.ts";
import type { Owner } from "./gateway-owners.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";

/** An owner that was silent so long, in milliseconds, is asked once a viewer says something. */
const SILENCE_MS = 30_000;

/** Up to where a channel was heard of, or passed on. */
type Position = Readonly<{ epoch: string; offset: number }>;

/** What is kept of a channel over hibernation, as one row. */
export type ChannelRow = Position &
  Readonly<{
    name: string;
    address?: DeploymentAddress;
    /** Whether it has moved on since, as the sockets know. */
    carried?: boolean;
  }>;

/** A viewer has received everything up to `joinedAt`, or up to the channel's position if that is further. */
type Member = { readonly joinedAt: number; acknowledged: number };

/** What a channel needs of its gateway. */
export type ChannelKeeping = Readonly<{
  sockets: HeldSockets<GatewayTicket>;
  owner: Owner;
  /** Undefined: there is nothing to keep for now. */
  keep(row: ChannelRow | undefined): void;
  /** Nobody watches any more, and nobody is about to. */
  forget(): void;
}>;

export class GatewayChannel {
  readonly name: string;
  readonly number: number;
  readonly owner: Owner;
  private readonly keeping: ChannelKeeping;
  private row: ChannelRow | undefined;
  private readonly members = new Map<WebSocket, Member>();
  /** Viewers on their way in. */
  private arriving = 0;
  /** The newest that was heard of: more than was passed on, if there is a hole. */
  private heard: Position | undefined;
  /** Whether a push may have been missed without a trace. */
  private isUnsure: boolean;
  private catching: Promise<void> | undefined;
  /** Unix milliseconds of the owner's newest sign of life that was asked for or came. */
  private contactAt = Date.now();

  constructor(name: string, number: number, keeping: ChannelKeeping, row?: ChannelRow) {
    this.name = name;
    this.number = number;
    this.owner = keeping.owner;
    this.keeping = keeping;
    this.row = row;
    this.isUnsure = row !== undefined;
  }

  /** Undefined until the first viewer is in. */
  get position(): Position | undefined {
    return this.row;
  }

  get address(): DeploymentAddress | undefined {
    return this.row?.address;
  }

  /** Those who are to receive frames, now or in a moment. */
  get viewers(): number {
    return this.members.size + this.arriving;
  }

  /** Holds the channel while viewers are on their way in. */
  async whileArriving<Outcome>(arrive: () => Promise<Outcome>): Promise<Outcome> {
    this.arriving += 1;
    try {
      return await arrive();
    } finally {
      this.arriving -= 1;
      this.settle();
    }
  }

  /** Begins at a position unless the channel is under way in this epoch; viewers of another epoch are dismissed. */
  open({ epoch, offset }: Position, address: DeploymentAddress | undefined): void {
    if (this.row && this.row.epoch !== epoch) this.dismiss();
    const isKnown = this.row !== undefined && (address === undefined || this.row.address !== undefined);
    if (!isKnown) this.keep({ name: this.name, epoch, offset, ...this.row, ...(address && { address }) });
  }

  /** Adds a viewer that has received everything up to an offset, not less than the channel's position. */
  add(socket: WebSocket, joinedAt: number, acknowledged = joinedAt): void {
    this.members.set(socket, { joinedAt, acknowledged });
    this.entrust();
  }

  /** Sees to it that sockets know how far the channel is, if its row does not. */
  entrust(): void {
    if (this.row?.carried) this.carry(this.row);
  }

  /** Lets a viewer go; answers how many events it leaves unacknowledged. */
  remove(socket: WebSocket): number {
    const member = this.members.get(socket);
    const reported = member ? this.sentUpTo(member) : 0;
    this.members.delete(socket);
    this.settle();
    this.entrust();
    return member ? reported - member.acknowledged : 0;
  }

  /** How many events more a viewer has acknowledged by an offset. */
  acknowledge(socket: WebSocket, offset: number): number {
    const member = this.members.get(socket);
    if (!member || offset <= member.acknowledged || offset > this.sentUpTo(member)) return 0;
    const more = offset - member.acknowledged;
    member.acknowledged = offset;
    return more;
  }

  /** Passes on what the owner pushed, and pulls what is missing before it. */
  async push({ epoch, offset, runs, transient, control = [], deleted }: Push, now: number): Promise<void> {
    this.contactAt = now;
    if (deleted) return this.end();
    // Where the head is concerns no viewer.
    if (runs.length + transient.length + control.length > 0) this.keeping.sockets.expire(now);
    if (this.row && this.row.epoch !== epoch) this.dismiss();
    if (this.heard?.epoch !== epoch || this.heard.offset < offset) this.heard = { epoch, offset };
    const isLate = this.row !== undefined && this.row.offset > offset;
    this.pass(runs);
    await this.catchUp();
    if (isLate || !this.row || this.row.offset < offset) return;
    for (const [socket, member] of this.members) {
      if (member.joinedAt > offset || this.keeping.sockets.isLagging(socket)) continue;
      for (const frame of transient) this.keeping.sockets.send(socket, frame);
      if (this.keeping.sockets.keptOf(socket)?.optedIn)
        for (const frame of control) this.keeping.sockets.send(socket, frame);
    }
  }

  /** Notes that the owner is this far, and pulls what is missing. */
  async reach(offset: number): Promise<void> {
    this.hear(offset);
    await this.catchUp();
  }

  /** Asks the owner for what may have been missed, if nothing was heard of it for long, or since the gateway slept. */
  async reassure(now: number): Promise<void> {
    if (!this.isUnsure && now - this.contactAt < SILENCE_MS) return;
    this.contactAt = now;
    await this.pull();
    await this.catchUp();
  }

  /** Sends events to one viewer, as it understands them. */
  deliver(socket: WebSocket, run: Run, batch = batchText(this.name, run, false)): void {
    this.keeping.sockets.sendLive(socket, run.frames, batch);
  }

  /** Forgets the channel if nobody is there. */
  settle(): void {
    if (this.viewers > 0) return;
    this.row = undefined;
    this.heard = undefined;
    this.keeping.forget();
  }

  private hear(offset: number): void {
    if (this.row && offset > this.row.offset && offset > (this.heard?.offset ?? 0))
      this.heard = { epoch: this.row.epoch, offset };
  }

  private pass(runs: readonly Run[]): void {
    const before = this.row;
    for (const run of runs) {
      const next = (this.row?.offset ?? Infinity) + 1;
      if (!this.row || run.to < next) continue;
      if (run.from > next) break;
      if (this.row === before) this.closeSlow();
      // Closing the last viewer leaves nothing to pass on to.
      if (!this.row) return;
      this.row = { ...this.row, offset: run.to };
      this.broadcast(partFrom(run, next));
    }
    if (!this.row || this.row === before) return;
    this.isUnsure = false;
    this.carry(this.row);
  }

  private broadcast(run: Run): void {
    const batch = batchText(this.name, run, false);
    for (const [socket, { joinedAt }] of this.members) {
      if (joinedAt < run.from) this.deliver(socket, run, batch);
      else if (joinedAt < run.to) this.deliver(socket, partFrom(run, joinedAt + 1));
    }
  }

  /** Before anything is added: one commit may hold more than anybody can acknowledge in the turn that sends it. */
  private closeSlow(): void {
    for (const socket of this.members.keys()) this.keeping.sockets.closeIfSlow(socket);
  }

  private async catchUp(): Promise<void> {
    while (this.row && this.heard) {
      const { epoch, offset } = this.row;
      if (this.heard.epoch === epoch && this.heard.offset <= offset) return;
      const isOwn = this.catching === undefined;
      await this.pull();
      // A pull begun after the news that brought nothing: the owner is not where we heard it was, or out of reach.
      if (isOwn && this.row?.epoch === epoch && this.row.offset === offset) this.heard = undefined;
    }
  }

  /** One pull at a time, whoever asks for it. */
  private pull(): Promise<void> {
    this.catching ??= this.pullOnce();
    return this.catching;
  }

  private async pullOnce(): Promise<void> {
    try {
      if (!this.row) return;
      const { epoch, offset } = this.row;
      const missed = await this.owner.since(epoch, offset);
      if (this.position?.epoch !== epoch) return;
      this.isUnsure = !missed.ok;
      if (missed.ok) {
        this.hear(missed.value.offset);
        this.pass(missed.value.runs);
      } else if (missed.failure === CLOSE.insufficientState) this.dismiss();
    } finally {
      this.catching = undefined;
    }
  }

  /** Closes all viewers, for what follows cannot be sent: they come back and see how things are. */
  private dismiss(): void {
    const sockets = [...this.members.keys()];
    this.row = undefined;
    this.heard = undefined;
    this.isUnsure = false;
    this.keeping.keep(undefined);
    for (const socket of sockets) this.keeping.sockets.close(socket, CLOSE.insufficientState);
  }

  /** The channel is deleted: who watches nothing else is closed, others only hear of it if they opted in. */
  private end(): void {
    const { sockets } = this.keeping;
    for (const socket of this.members.keys()) {
      const kept = sockets.keptOf(socket);
      const subscriptions = kept?.subscriptions.filter(([number]) => number !== this.number) ?? [];
      const isLast = subscriptions.length === 0 && (kept?.lists?.length ?? 0) === 0;
      if (!kept?.optedIn || isLast) {
        sockets.close(socket, CLOSE.channelDeleted);
        continue;
      }
      sockets.send(socket, deletedText(this.name));
      sockets.keep(socket, { ...kept, subscriptions });
      sockets.noteSettled(socket, this.remove(socket));
    }
    // Who is on the way in joins what comes after it.
    this.row = undefined;
    this.heard = undefined;
    this.keeping.keep(undefined);
  }

  private keep(row: ChannelRow): void {
    this.row = row;
    this.isUnsure = false;
    this.keeping.keep(row);
  }

  private carry(row: ChannelRow): void {
    const position = [this.number, row.epoch, row.offset] as const;
    const carried = carryPosition(this.keeping.sockets, this.members.keys(), position);
    if (carried && row.carried) return;
    this.row = { ...row, carried };
    this.keeping.keep(this.row);
  }

  private sentUpTo({ joinedAt }: Member): number {
    return Math.max(joinedAt, this.row?.offset ?? 0);
  }
}

const partFrom = ({ from, to, frames }: Run, first: number): Run =>
  first <= from ? { from, to, frames } : { from: first, to, frames: frames.slice(first - from) };

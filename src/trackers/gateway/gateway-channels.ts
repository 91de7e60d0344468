/** The channels of a gateway, by name and by number. A channel is there while somebody watches it or is about to. */
import type { Env } from "../../env.ts";
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { readableRows } from "../../channel/rows.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import { carriedOffset } from "./carried-position.ts";
import { GatewayChannel, type ChannelRow } from "./gateway-channel.ts";
import { ownerOf } from "./gateway-owners.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";

/** Kept, one row for each channel with viewers: `channel/<number>`. */
const CHANNEL = "channel/";

const channelRowCodec = objectOf<ChannelRow>({
  epoch: z.string(),
  offset: z.number(),
  name: z.string(),
  address: objectOf<DeploymentAddress>({ deploymentId: z.string(), environment: z.string() }).optional(),
  carried: z.boolean().optional(),
});

export class GatewayChannels {
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly kv: SyncKvStorage;
  private readonly sockets: HeldSockets<GatewayTicket>;
  private readonly named = new Map<string, GatewayChannel>();
  private readonly numbered = new Map<number, GatewayChannel>();
  private nextNumber = 1;
  /** Sockets of which it cannot be read how far they are. */
  private readonly lost = new Set<WebSocket>();

  constructor(ctx: DurableObjectState, env: Env, sockets: HeldSockets<GatewayTicket>) {
    this.ctx = ctx;
    this.env = env;
    this.kv = ctx.storage.kv;
    this.sockets = sockets;
    this.restore();
  }

  /** Closes sockets of which nobody knows how far they are: they come back and see how things are. */
  closeLost(): void {
    for (const socket of this.lost) this.sockets.close(socket, CLOSE.insufficientState);
    this.lost.clear();
  }

  /** The channel of this name, if anybody watches it. */
  find(name: string): GatewayChannel | undefined {
    return this.named.get(name);
  }

  /** The channel of this name. The caller brings a viewer, or the channel stays for nothing. */
  open(name: string): GatewayChannel {
    return this.named.get(name) ?? this.make(name, this.nextNumber);
  }

  /** The channels that a socket has subscribed to. */
  of({ subscriptions }: GatewayTicket): readonly GatewayChannel[] {
    return subscriptions.flatMap(([number]) => this.numbered.get(number) ?? []);
  }

  private make(name: string, number: number, row?: ChannelRow): GatewayChannel {
    const owner = ownerOf(this.env, name);
    const channel: GatewayChannel = new GatewayChannel(
      name,
      number,
      {
        sockets: this.sockets,
        owner,
        keep: (kept) => {
          if (kept) this.kv.put(CHANNEL + number, kept);
          else this.kv.delete(CHANNEL + number);
        },
        forget: () => {
          this.kv.delete(CHANNEL + number);
          const isNews = this.numbered.delete(number);
          if (this.named.get(name) === channel) this.named.delete(name);
          if (isNews && this.ctx.id.name !== undefined) this.ctx.waitUntil(owner.leave(this.ctx.id.name));
        },
      },
      row,
    );
    this.nextNumber = Math.max(this.nextNumber, number + 1);
    this.named.set(name, channel);
    this.numbered.set(number, channel);
    return channel;
  }

  /** After a wake-up: what was kept says how far viewers are, and the sockets tell who they are. */
  private restore(): void {
    const tickets = this.sockets.sockets.flatMap((socket) => this.sockets.keptOf(socket) ?? []);
    const watched = new Set(tickets.flatMap(({ subscriptions }) => subscriptions.map(([number]) => number)));
    for (const [key, row] of readableRows(this.kv, CHANNEL, channelRowCodec).rows) {
      const number = Number(key);
      const isCarried = row.carried === true && watched.has(number);
      const offset = isCarried ? carriedOffset(tickets, number, row.epoch) : row.offset;
      if (offset === undefined) this.kv.delete(CHANNEL + key);
      else this.make(row.name, number, { ...row, offset });
    }
    for (const socket of this.sockets.sockets) {
      for (const [number, joinedAt] of this.sockets.keptOf(socket)?.subscriptions ?? []) {
        const channel = this.numbered.get(number);
        if (channel) channel.add(socket, joinedAt, Math.max(joinedAt, channel.position?.offset ?? 0));
        else this.lost.add(socket);
      }
    }
    // A restart loses sockets without a word; a channel that nobody watches has a position that nobody keeps up.
    for (const channel of this.numbered.values()) {
      channel.settle();
      channel.entrust();
    }
  }
}

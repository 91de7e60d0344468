/** One client of a gateway, and the gateways that the tests have to themselves. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";
import { SESSION_HEADER, type Session } from "../../src/protocol/connection/session.ts";
import type { GatewayTicket } from "../../src/trackers/gateway/gateway-ticket.ts";
import type { Gateway } from "../../src/trackers/gateway/gateway.ts";
import { Viewer, type Frame } from "./viewer.ts";

const CONTROL = new Set(["subscribed", "snapshot", "batch", "error", "disconnect", "authorized", "pong"]);

let made = 0;

/** The name of a gateway that no other test has. */
export const newGateway = (): string => {
  made += 1;
  return `gateway/weur/${made}`;
};

export const gatewayOf = (name: string): DurableObjectStub<Gateway> =>
  env.GATEWAYS.get(env.GATEWAYS.idFromName(name));

export class GatewayViewer extends Viewer {
  /** Durable events so far, of one channel or of all, whether they came alone or in batches. */
  eventsOf(channel?: string): Frame[] {
    return this.frames
      .flatMap((frame): Frame[] => (frame.type === "batch" ? (frame.events ?? []) : [frame]))
      .filter(
        ({ type, offset, channel: its }) =>
          !CONTROL.has(type) && offset !== undefined && (channel ?? its) === its,
      );
  }

  override get offsets(): number[] {
    return this.offsetsOf();
  }

  offsetsOf(channel?: string): number[] {
    return this.eventsOf(channel).map(({ offset }) => Number(offset));
  }

  /** A round trip through the gateway itself: what was said before has been heard. */
  async heard(): Promise<void> {
    const pongs = () => this.types.filter((type) => type === "pong").length;
    const before = pongs();
    this.socket.send('{ "action": "ping" }');
    await expect.poll(pongs).toBeGreaterThan(before);
  }

  subscribe(channel: string, desired: Readonly<Record<string, unknown>> = {}): void {
    this.say({ action: "subscribe", channel, ...desired });
  }
}

/** A header holds no character beyond ASCII. */
const headerOf = (session: Session): string =>
  JSON.stringify(session).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

type Connecting = Readonly<{ classic?: boolean; session?: Partial<Session> }>;

/** Straight into a gateway, with a session of the test's choice; opted in by the subprotocol unless it is classic. */
export const connectTo = async (
  gateway: string,
  { classic = false, session = {} }: Connecting = {},
): Promise<GatewayViewer> => {
  const whole: Session = {
    subject: "tester",
    role: "viewer",
    expiresAt: Math.floor(Date.now() / 1000) + 3600,
    ...session,
  };
  const headers: Record<string, string> = { Upgrade: "websocket", [SESSION_HEADER]: headerOf(whole) };
  if (!classic) headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL;
  return new GatewayViewer(await gatewayOf(gateway).fetch("https://gateway/socket", { headers }));
};

/** How many subscriptions a gateway keeps, of all its sockets. */
const subscriptionsAt = (gateway: string): Promise<number> =>
  runInDurableObject(gatewayOf(gateway), (_, ctx) => {
    const tickets = ctx.getWebSockets().map((socket): GatewayTicket | null => socket.deserializeAttachment());
    return tickets.reduce((count, ticket) => count + (ticket?.subscriptions.length ?? 0), 0);
  });

/** Waits until a gateway has let in as many as that. */
export const subscribed = (gateway: string, count: number): Promise<void> =>
  expect.poll(() => subscriptionsAt(gateway), { timeout: 10_000 }).toBe(count);

/** A viewer that is in a channel: all that it is owed has come. */
export const watch = async (
  gateway: string,
  channel: string,
  how: Connecting & Readonly<{ wish?: Readonly<Record<string, unknown>> }> = {},
): Promise<GatewayViewer> => {
  const viewer = await connectTo(gateway, how);
  const before = await subscriptionsAt(gateway);
  viewer.subscribe(channel, how.wish);
  await subscribed(gateway, before + 1);
  await viewer.settled();
  return viewer;
};

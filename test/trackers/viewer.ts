/** One client of a stack's socket: keeps what it was sent and how it was closed. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, vi } from "vitest";
import * as z from "zod";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";
import { SESSION_HEADER, type Session } from "../../src/protocol/connection/session.ts";
import type { Gateway } from "../../src/trackers/gateway/gateway.ts";
import type { StackTracker } from "../../src/trackers/stack/stack-tracker.ts";
import { tokenOf } from "../support/token.ts";

const frameSchema = z.looseObject({
  type: z.string(),
  offset: z.number().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  replay: z.boolean().optional(),
  code: z.union([z.number(), z.string()]).optional(),
  events: z.array(z.looseObject({ type: z.string(), offset: z.number() })).optional(),
});

/** A frame of the server, read without believing more than its type. */
export type Frame = z.infer<typeof frameSchema>;

export class Viewer {
  readonly texts: string[] = [];
  closed: Readonly<{ code: number; reason: string }> | undefined;
  readonly socket: WebSocket;
  readonly protocol: string | null;

  constructor(response: Response) {
    if (!response.webSocket) throw new Error(`no socket but ${response.status}`);
    this.protocol = response.headers.get("Sec-WebSocket-Protocol");
    this.socket = response.webSocket;
    this.socket.addEventListener("message", ({ data }) => void this.texts.push(String(data)));
    this.socket.addEventListener("close", ({ code, reason }) => void (this.closed = { code, reason }));
    this.socket.accept();
  }

  /** All frames so far. */
  get frames(): Frame[] {
    return this.texts.map((text) => frameSchema.parse(JSON.parse(text)));
  }

  get types(): string[] {
    return this.frames.map(({ type }) => type);
  }

  /** Offsets of the durable events so far, whether they came alone or in batches. */
  get offsets(): number[] {
    return this.events.map(({ offset }) => Number(offset));
  }

  /** The durable events so far. */
  get events(): Frame[] {
    return this.frames.flatMap((frame): Frame[] => {
      if (frame.type === "batch") return frame.events ?? [];
      return frame.type === "resource_update" || frame.type === "stack_complete" ? [frame] : [];
    });
  }

  say(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Waits until so many frames have come. */
  async until(count: number): Promise<void> {
    await vi.waitFor(() => {
      if (this.texts.length < count) throw new Error(`${this.texts.length} of ${count} frames`);
    });
  }

  /** Waits until the server has closed. */
  async untilClosed(): Promise<Readonly<{ code: number; reason: string }>> {
    return vi.waitFor(() => {
      if (!this.closed) throw new Error("still open");
      return this.closed;
    });
  }

  /** A round trip, once pushes that are under way have reached the gateway: what was sent before is here afterwards. */
  async settled(): Promise<void> {
    for (let quiet = 0, seen = -1; quiet < 3;) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      quiet = seen === this.texts.length ? quiet + 1 : 0;
      seen = this.texts.length;
    }
    if (this.closed) throw new Error(`closed with ${this.closed.code}`);
    const before = this.types.filter((type) => type === "pong").length;
    this.socket.send('{"action":"ping"}');
    await vi.waitFor(() => {
      if (this.types.filter((type) => type === "pong").length <= before) throw new Error("no pong yet");
    });
  }
}

/** How to connect. */
export type Connecting = Readonly<{
  epoch?: string;
  offset?: number | string;
  subprotocol?: boolean;
  session?: Partial<Session>;
}>;

const queryOf = ({ epoch, offset }: Connecting): string =>
  new URLSearchParams({
    ...(epoch !== undefined && { epoch }),
    ...(offset !== undefined && { offset: String(offset) }),
  }).toString();

/** Through the Worker, with a real token. */
export const connect = async (stackName: string, how: Connecting = {}): Promise<Viewer> => {
  const token = await tokenOf();
  const headers: Record<string, string> = { Upgrade: "websocket" };
  if (how.subprotocol) headers["Sec-WebSocket-Protocol"] = `${SUBPROTOCOL}, bearer.${token}`;
  else headers["Authorization"] = `Bearer ${token}`;
  const address = `https://stackcast.test/canvas/deploy/track/${stackName}?${queryOf(how)}`;
  return new Viewer(await exports.default.fetch(address, { headers }));
};

/** The gateway that all these viewers come to. */
export const gateway = (): DurableObjectStub<Gateway> =>
  env.GATEWAYS.get(env.GATEWAYS.idFromName("gateway/enam/0"));

/** Lets a stack's object, and the gateway with its viewers, hibernate. */
export const hibernate = async (stub: DurableObjectStub<StackTracker>): Promise<void> => {
  await evictDurableObject(stub);
  // It may sleep already.
  await evictDurableObject(gateway()).catch(() => undefined);
};

/** Resolves once the stack's object knows that its last viewer has left. */
export const deserted = async (stub: DurableObjectStub<StackTracker>): Promise<void> => {
  const gateways = () =>
    runInDurableObject(stub, (_, { storage }) => [...storage.kv.list({ prefix: "gateway/" })]);
  await expect.poll(gateways, { timeout: 10_000 }).toEqual([]);
};

/** Straight into the gateway, with a session of the test's choice. */
export const connectTo = async (
  stub: DurableObjectStub<StackTracker>,
  how: Connecting = {},
): Promise<Viewer> => {
  const session: Session = {
    subject: "tester",
    role: "viewer",
    expiresAt: Math.floor(Date.now() / 1000) + 3600,
    ...how.session,
  };
  const headers: Record<string, string> = { Upgrade: "websocket", [SESSION_HEADER]: JSON.stringify(session) };
  if (how.subprotocol) headers["Sec-WebSocket-Protocol"] = SUBPROTOCOL;
  const address = `https://gateway/socket?channel=${encodeURIComponent(stub.name ?? "")}&${queryOf(how)}`;
  return new Viewer(await gateway().fetch(address, { headers }));
};

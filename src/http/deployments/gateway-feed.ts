/**
 * A channel's events as a gateway passes them on, for an open event stream: however many wait for events, their deployment is
 * asked nothing. Without a gateway, or once its socket has broken, the stream asks the deployment as before.
 */
import * as z from "zod";
import { SUBPROTOCOL } from "../../protocol/connection/connection.ts";
import { subscribedSchema } from "../../protocol/connection/control-frames.ts";
import type { DeploymentEvents } from "../../protocol/deployment/deployment-requests.ts";

type Head = Omit<DeploymentEvents, "events" | "more">;

type Event = DeploymentEvents["events"][number];

/** What our own gateway sends was checked when it was kept. */
const batchOfEvents = z.object({
  type: z.literal("batch"),
  events: z.array(z.custom<Event>((event) => z.object({ offset: z.number() }).safeParse(event).success)),
});

const textIn = ({ data }: MessageEvent): unknown => {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
};

/** Opens a socket at a gateway that speaks Stackcast's subprotocol; undefined: none is to be had. */
type OpenSocket = (headers: Readonly<Record<string, string>>) => Promise<WebSocket | undefined>;

type Parts = Readonly<{
  open: OpenSocket;
  /** Asks the deployment itself. */
  read: (after: number) => Promise<DeploymentEvents | undefined>;
  sleep: (milliseconds: number) => Promise<void>;
}>;

export class GatewayFeed {
  private readonly parts: Parts;
  private socket: WebSocket | undefined;
  private isBroken = false;
  private isSubscribed = false;
  private head: Head;
  private queue: Event[] = [];
  private heard: () => void = () => undefined;

  /** `first`: what the deployment has answered; the stream goes on behind it. */
  constructor(first: DeploymentEvents, parts: Parts) {
    const { events: _events, more: _more, ...head } = first;
    this.head = head;
    this.parts = parts;
  }

  /** Events after an offset: those that have come, and none while nothing has. */
  async read(after: number): Promise<DeploymentEvents | undefined> {
    this.queue = this.queue.filter(({ offset }) => offset > after);
    const isWhole = this.queue.length === 0 || this.queue[0]!.offset === after + 1;
    if (this.isSubscribed && !this.isBroken && isWhole) {
      const events = this.queue.splice(0);
      const last = events.at(-1)?.offset;
      if (last !== undefined) {
        this.socket?.send(JSON.stringify({ action: "ack", channel: this.head.channel, offset: last }));
        this.head = { ...this.head, offset: last };
      }
      return { ...this.head, events, more: false };
    }
    const answer = await this.parts.read(after);
    if (!answer) return undefined;
    const { events: _events, more: _more, ...head } = answer;
    this.head = head;
    return answer;
  }

  /** Resolves when something has come, or after so many milliseconds. `after`: the newest event that is known. */
  async wait(after: number, milliseconds: number): Promise<void> {
    if (!this.socket && !this.isBroken) await this.open(after);
    if (this.queue.length > 0) return;
    const something = new Promise<void>((resolve) => (this.heard = resolve));
    await Promise.race([something, this.parts.sleep(milliseconds)]);
  }

  close(): void {
    this.isBroken = true;
    this.socket?.close(1000);
  }

  private async open(after: number): Promise<void> {
    const socket = await this.parts.open({ "Sec-WebSocket-Protocol": SUBPROTOCOL }).catch(() => undefined);
    if (!socket || this.isBroken) return this.broke();
    this.socket = socket;
    socket.accept();
    socket.addEventListener("message", (message) => this.take(textIn(message)));
    socket.addEventListener("close", () => this.broke());
    socket.addEventListener("error", () => this.broke());
    const { channel, epoch } = this.head;
    socket.send(JSON.stringify({ action: "subscribe", channel, epoch, offset: after }));
  }

  private take(frame: unknown): void {
    const subscribed = subscribedSchema.safeParse(frame).data;
    if (subscribed) {
      // Another epoch, or events that are no more: the deployment's own answer says so.
      if (!subscribed.recovered) return this.broke();
      this.isSubscribed = true;
    }
    const batch = batchOfEvents.safeParse(frame).data;
    if (batch) this.queue.push(...batch.events);
    if (subscribed || batch) this.heard();
    if (z.object({ type: z.literal("disconnect") }).safeParse(frame).success) this.broke();
  }

  private broke(): void {
    this.isBroken = true;
    this.heard();
  }
}

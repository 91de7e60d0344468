/**
 * A client of one channel over `/ws` that loses its connection again and again and comes back: opted in it resumes from
 * where it was, classic it begins again. It keeps every event as text and every breach of the protocol as a fault.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { DeploymentStore } from "../../src/client/deployment-store.ts";
import { serverFrameOf, type Batch, type ServerFrame } from "../../src/client/connection/server-frame.ts";
import type { Subscribed } from "../../src/protocol/connection/control-frames.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../src/protocol/connection/channel-names.ts";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";

/** How a viewer comes in. */
export type ChannelViewerOptions = Readonly<{
  url: string;
  token: string;
  /** Speaks the seeds' protocol and nothing else. */
  classic?: boolean;
}>;

/** Events between two acknowledgements. */
const ACKNOWLEDGE_EVERY = 200;

/** Milliseconds between attempts while nobody answers. */
const RETRY_MS = 100;

export class ChannelViewer {
  /** The durable events as JSON texts; a classic viewer's are those of its newest connection. */
  lines: string[] = [];
  /** Offset of the first of the lines. */
  first = 1;
  /** Events of a classic viewer's earlier connections, each with the offset of its first. */
  readonly earlier: Readonly<{ first: number; lines: readonly string[] }>[] = [];
  readonly faults: string[] = [];
  /** Codes of closes that this viewer did not ask for. */
  readonly closes: number[] = [];
  /** Connections that have opened. */
  connections = 0;
  /** What follows from the events; for those who opted in. */
  readonly store: DeploymentStore;
  readonly #address: DeploymentAddress;
  readonly #options: ChannelViewerOptions;
  #socket: WebSocket | undefined;
  #epoch: string | undefined;
  /** Whether what comes now follows the last event; not so before the answer to a subscribe. */
  #isReady = false;
  #acknowledged = 0;

  constructor(address: DeploymentAddress, options: ChannelViewerOptions) {
    this.#address = address;
    this.#options = options;
    this.store = new DeploymentStore(address);
  }

  get channel(): string {
    return deploymentChannelOf(this.#address);
  }

  /** Offset of the last event. */
  get offset(): number {
    return this.first - 1 + this.lines.length;
  }

  /** Connects, as often as it takes, and subscribes; gives up when it is reported to. */
  async connect(signal?: AbortSignal): Promise<void> {
    for (;;) {
      if (signal?.aborted === true) return;
      if (await this.#opened()) return this.#subscribe();
      await sleep(RETRY_MS);
    }
  }

  /** Ends the connection: with a close frame, or as a cable that is cut. */
  drop(how: "closed" | "cut"): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (how === "cut") socket?.terminate();
    else socket?.close(1000);
  }

  /** Whether the server has ended the connection, or it never opened. */
  get isLost(): boolean {
    return this.#socket === undefined;
  }

  #opened(): Promise<boolean> {
    const { url, token, classic = false } = this.#options;
    const address = new URL(`${url.replace(/^http/, "ws")}/ws`);
    if (classic) address.searchParams.set("token", token);
    const socket = new WebSocket(address.href, classic ? [] : [SUBPROTOCOL, `bearer.${token}`], {
      handshakeTimeout: 5_000,
    });
    return new Promise((resolve) => {
      socket.on("open", () => {
        this.#socket = socket;
        this.connections += 1;
        resolve(true);
      });
      socket.addEventListener("message", ({ data }) => {
        // What was on its way to a connection that was given up has not arrived.
        if (this.#socket === socket && typeof data === "string") this.#take(data);
      });
      // A close follows every error.
      socket.on("error", () => undefined);
      socket.on("close", (code) => {
        resolve(false);
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        this.closes.push(code);
      });
    });
  }

  #say(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #subscribe(): void {
    if (this.#options.classic === true) {
      if (this.lines.length > 0) this.earlier.push({ first: this.first, lines: this.lines });
      this.lines = [];
      this.first = 1;
    }
    this.#isReady = this.#options.classic === true;
    this.#acknowledged = this.offset;
    const position = this.#epoch !== undefined && { epoch: this.#epoch, offset: this.offset };
    this.#say({ action: "subscribe", channel: this.channel, ...position });
  }

  #take(text: string): void {
    const frame = serverFrameOf(text);
    if (frame === undefined) this.faults.push(`Not understood: ${text.slice(0, 200)}`);
    else if (this.#options.classic === true) this.#takeClassic(text, frame);
    else this.#takeOptedIn(text, frame);
  }

  #takeClassic(text: string, frame: ServerFrame): void {
    if (frame.type === "deployment_progress" || frame.type === "stack_progress") return;
    // An event on its own is understood as a batch of one.
    if (frame.type !== "batch" || text.startsWith('{"type":"batch"'))
      return void this.faults.push(`A classic client was sent ${text.slice(0, 200)}`);
    if (this.lines.length === 0) this.first = frame.events[0]?.offset ?? 1;
    this.#append(frame, [text]);
  }

  #takeOptedIn(text: string, frame: ServerFrame): void {
    const { listener } = this.store;
    switch (frame.type) {
      case "subscribed":
        return this.#subscribed(frame);
      case "snapshot":
        return void listener.snapshot?.(frame.data, frame.offset);
      case "batch": {
        if (!this.#isReady) return;
        const lines = frame.events.map((event) => JSON.stringify(event));
        if (!text.endsWith(`"events":[${lines.join(",")}]}`))
          this.faults.push(`Not a batch of events: ${text.slice(0, 200)}`);
        this.#append(frame, lines);
        listener.events?.(frame.events.filter((event) => event.type !== "unknown"));
        return;
      }
      case "deployment_progress":
      case "stack_progress":
        if (this.#isReady && frame.asOf !== this.offset)
          this.faults.push(`${frame.type} as of ${frame.asOf} came at ${this.offset}`);
        return;
      case "disconnect":
      case "list":
      case "list_changed":
      case "sampling":
        return;
      case "error":
        return void this.faults.push(text);
    }
  }

  #subscribed({ epoch, offset, floor, wasRecovering, recovered }: Subscribed): void {
    const asked = this.#epoch !== undefined;
    if (asked && (!recovered || !wasRecovering || epoch !== this.#epoch))
      this.faults.push(`Not recovered at ${this.offset}: ${JSON.stringify({ epoch, offset, floor })}`);
    if (offset < this.offset) this.faults.push(`The head ${offset} lies before ${this.offset}`);
    if (!asked) this.store.listener.reset?.({ epoch, offset, floor });
    this.#epoch = epoch;
    // A fresh viewer is given the state; what led to it is asked for on the same socket.
    this.#isReady = recovered || offset === 0;
    if (!this.#isReady) this.#say({ action: "subscribe", channel: this.channel, epoch, offset: floor - 1 });
  }

  #append({ events }: Batch, lines: readonly string[]): void {
    for (const [index, { offset }] of events.entries())
      if (offset !== this.offset + 1 + index)
        this.faults.push(`Offset ${offset} came after ${this.offset + index}`);
    this.lines.push(...lines);
    if (this.#options.classic === true || this.offset - this.#acknowledged < ACKNOWLEDGE_EVERY) return;
    this.#acknowledged = this.offset;
    this.#say({ action: "ack", offset: this.offset, channel: this.channel });
  }
}

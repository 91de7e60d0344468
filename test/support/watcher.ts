/** A client of a stack's socket over Node's own WebSocket that records all it is sent, classic or opted in. */
import * as z from "zod";
import {
  batchSchema,
  disconnectSchema,
  subscribedSchema,
} from "../../src/protocol/connection/control-frames.ts";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";
import { samplingFrameSchema } from "../../src/protocol/connection/sampling-frame.ts";
import {
  stackFrameSchema,
  troubleFrameSchema,
  type StackComplete,
  type StackFrame,
  type TroubleFrame,
} from "../../src/protocol/stack/stack-frames.ts";
import { eventually } from "./eventually.ts";

const frameSchema = z.union([
  stackFrameSchema,
  troubleFrameSchema,
  subscribedSchema,
  batchSchema.extend({ events: z.array(stackFrameSchema) }),
  disconnectSchema,
  samplingFrameSchema,
]);

type Frame = z.infer<typeof frameSchema>;

export type WatchOptions = Readonly<{
  token?: string;
  region?: string;
  /** Offers the subprotocol, with the token beside it; else the token goes into the address. */
  optedIn?: boolean;
  /** Resumes from there. */
  position?: Readonly<{ epoch: string; offset: number }>;
}>;

export class Watcher {
  /** Every frame as it came. */
  readonly texts: string[] = [];
  readonly frames: Frame[] = [];
  /** Durable events in the order of arrival, taken out of their batches. */
  readonly events: StackFrame[] = [];
  readonly troubles: TroubleFrame[] = [];
  /** The close's code; undefined while the socket is open. */
  closed: number | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
    socket.addEventListener("close", ({ code }) => (this.closed = code));
    // A close follows every error.
    socket.addEventListener("error", () => undefined);
  }

  get completes(): StackComplete[] {
    return this.events.filter((event) => event.type === "stack_complete");
  }

  /** The first frame that a client which opted in is sent. */
  get subscribed() {
    const first = this.frames[0];
    if (first?.type !== "subscribed") throw new Error(`The first frame is ${first?.type}, not subscribed`);
    return first;
  }

  get offset(): number {
    return this.events.at(-1)?.offset ?? 0;
  }

  async opened(): Promise<this> {
    await eventually(
      () => this.#socket.readyState !== WebSocket.CONNECTING,
      `the answer to the upgrade of ${this.#socket.url}`,
    );
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Error(`${this.#socket.url} was refused`);
    return this;
  }

  /** Resolves when the watcher has seen what the condition asks for. */
  async saw(condition: (watcher: this) => boolean, what: string, patienceMs?: number): Promise<void> {
    const evidence = (): string =>
      `${what}; ${this.events.length} events came, the last: ${JSON.stringify(this.events.at(-1))}, closed: ${this.closed}`;
    await eventually(() => condition(this), evidence, patienceMs);
  }

  close(): void {
    this.#socket.close(1000);
  }

  #take(text: string): void {
    const frame = frameSchema.parse(JSON.parse(text));
    this.texts.push(text);
    this.frames.push(frame);
    switch (frame.type) {
      case "resource_update":
      case "stack_complete":
      case "resource_slow":
      case "resource_stuck":
        this.events.push(frame);
        break;
      case "batch":
        this.events.push(...frame.events);
        break;
      case "error":
        this.troubles.push(frame);
        break;
      case "subscribed":
      case "disconnect":
      case "sampling":
        break;
    }
  }
}

/** Watches a stack; `base` is the Worker's http address. Resolves when the socket is open and, opted in, subscribed. */
export const watch = async (
  base: string,
  stackName: string,
  options: WatchOptions = {},
): Promise<Watcher> => {
  const { token, region, optedIn = false, position } = options;
  const url = new URL(`${base.replace(/^http/, "ws")}/canvas/deploy/track/${stackName}`);
  if (region !== undefined) url.searchParams.set("region", region);
  if (position) {
    url.searchParams.set("epoch", position.epoch);
    url.searchParams.set("offset", String(position.offset));
  }
  if (token !== undefined && !optedIn) url.searchParams.set("token", token);
  const offers = optedIn ? [SUBPROTOCOL, ...(token === undefined ? [] : [`bearer.${token}`])] : [];
  const watcher = await new Watcher(new WebSocket(url.href, offers)).opened();
  if (optedIn || position) await watcher.saw(({ frames }) => frames.length > 0, "its first frame");
  return watcher;
};

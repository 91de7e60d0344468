/**
 * A stack on its own, followed live and drawn once a frame. What the operation has yet to begin, and trouble with AWS, is
 * asked of the server, which knows both.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { isOfStack, StackStore } from "../../client/stack-store.ts";
import { openTrack, type Track } from "../../client/track.ts";
import type { Position } from "../../client/channel-follower.ts";
import type { RestFailure } from "../../client/rest-call.ts";
import type { StackView } from "../../domain/stack/stack-view.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { StackComplete, StackFrame } from "../../protocol/stack/stack-frames.ts";
import { troubleOf, type AwsTrouble } from "../elements/trouble-note.tsx";
import { onceAFrame } from "../once-a-frame.ts";
import { rest, socketAccess } from "../server.ts";
import { refuseTokenNow } from "../session.ts";
import { LiveConnection } from "../shell/live-connection.ts";

/** How long after an operation has begun the server is asked for what it plans, which the channel does not say. */
const PLANNED_MS = 3_000;

export class StackFollower {
  readonly connection = new LiveConnection(refuseTokenNow);
  readonly #address: StackAddress;
  readonly #onEnd: (end: StackComplete) => void;
  readonly #store = new StackStore();
  readonly #shown = signal<StackView | undefined>(undefined);
  readonly #failure = signal<RestFailure | undefined>(undefined);
  /** Channels of the deployments that it belongs to. */
  readonly deployments = signal<readonly string[]>([]);
  readonly #trouble = signal<AwsTrouble | undefined>(undefined);
  readonly #draw = onceAFrame(() => (this.#shown.value = this.#store.view));
  /** Events, oldest first; grows in place. */
  readonly lines: StackFrame[] = [];
  /** How often AWS is looked at, once that has been reported. */
  readonly sampling = signal<Sampling | undefined>(undefined);
  #liveAfter = Number.POSITIVE_INFINITY;
  #track: Track | undefined;
  #position: Position | undefined;
  #timer: number | undefined;
  /** Of the operation that the server was asked about. */
  #askedFor: string | undefined;

  constructor(address: StackAddress, onEnd: (end: StackComplete) => void) {
    this.#address = address;
    this.#onEnd = onEnd;
  }

  /** Undefined before anything is known. */
  get shown(): ReadonlySignal<StackView | undefined> {
    return this.#shown;
  }

  /** Why the server did not tell it. */
  get failure(): ReadonlySignal<RestFailure | undefined> {
    return this.#failure;
  }

  get trouble(): ReadonlySignal<AwsTrouble | undefined> {
    return this.#trouble;
  }

  open(): void {
    this.close();
    this.#track = openTrack(
      {
        ...socketAccess,
        ...this.#address,
        onState: this.connection.onState,
        ...(this.#position && { from: this.#position }),
      },
      {
        reset: (start) => {
          this.#liveAfter = start.offset;
          this.lines.length = 0;
          this.#store.listener.reset?.(start);
          this.connection.restarted();
          this.#draw.ask();
        },
        resumed: (head) => this.connection.resumed(this.lines.at(-1)?.offset ?? 0, head),
        events: (frames) => this.#take(frames.filter(isOfStack)),
        sampling: (sampling) => {
          this.sampling.value = sampling;
          this.#trouble.value = troubleOf(sampling);
          if (!sampling.trouble && this.#failure.peek()) void this.#ask();
        },
        trouble: ({ code, message }) => this.#troubled({ code, message }),
      },
    );
    void this.#ask();
  }

  close(): void {
    this.#position = this.#track?.position() ?? this.#position;
    this.#track?.close();
    this.#track = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#draw.cancel();
  }

  /** The network or the page has come back. */
  readonly hurry = (): void => this.#track?.hurry();

  #take(frames: readonly StackFrame[]): void {
    this.lines.push(...frames);
    this.#store.listener.events?.(frames);
    for (const frame of frames) {
      if (frame.type === "stack_complete" && frame.offset > this.#liveAfter) this.#onEnd(frame);
    }
    // What AWS has reported is proof that it answers.
    this.#trouble.value = undefined;
    if (this.#failure.peek()) void this.#ask();
    else this.#askForPlan();
    this.connection.reached(frames.at(-1)?.offset ?? 0);
    this.#draw.ask();
  }

  #troubled(trouble: Readonly<{ code: string; message: string }>): void {
    const before = this.#trouble.peek();
    if (before?.code !== trouble.code) this.#trouble.value = { ...trouble, since: Date.now() };
  }

  /** Once an operation. */
  #askForPlan(): void {
    const startedAt = this.#store.view?.startedAt;
    if (startedAt === undefined || startedAt === this.#askedFor || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, PLANNED_MS);
  }

  async #ask(): Promise<void> {
    const answer = await rest.stacks.summary(this.#address);
    if (!this.#track) return;
    if (!answer.ok) {
      this.#failure.value = answer.failure;
      return;
    }
    this.#failure.value = undefined;
    this.#store.give(answer.value);
    this.#askedFor = answer.value.startedAt;
    this.#draw.ask();
    const { trouble, deployments = [] } = answer.value;
    if (deployments.join() !== this.deployments.peek().join()) this.deployments.value = deployments;
    if (trouble) this.#troubled(trouble);
    else this.#trouble.value = undefined;
  }
}

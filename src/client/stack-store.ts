/**
 * A stack as its server knows it, kept by a follower of its channel: the frames folded by the one reducer, beginning with a
 * summary where one is given. What an operation plans and has not started is known from a summary alone.
 */
import { plannedFrom, stackViewAfter, stackViewOf, type StackView } from "../domain/stack/stack-view.ts";
import type { StackFrame } from "../protocol/stack/stack-frames.ts";
import type { StackSummary } from "../protocol/stack/stack-summary.ts";
import type { ChannelListener } from "./channel-follower.ts";
import { afterTurn } from "./connection/platform.ts";
import type { ChannelFrame } from "./connection/server-frame.ts";

export const isOfStack = (frame: ChannelFrame): frame is StackFrame => !("data" in frame);

export class StackStore {
  /** Follow with this: by `openTrack`, or as a channel of a stream. */
  readonly listener: ChannelListener;
  readonly #watchers = new Set<() => void>();
  #epoch: string | undefined;
  /** Whether the channel has said where it stands. */
  #isFollowed = false;
  #view: StackView | undefined;
  #notified = true;

  constructor() {
    this.listener = {
      reset: (start) => this.#reset(start),
      events: (frames) => {
        this.#view = stackViewAfter(this.#view, frames.filter(isOfStack));
        this.#notify();
      },
    };
  }

  /** The offset that what is shown describes. */
  get offset(): number {
    return this.#view?.offset ?? 0;
  }

  /** Undefined before anything is known. */
  get view(): StackView | undefined {
    return this.#view;
  }

  /** What the server sends of the stack, whenever it was asked: as the beginning, or for what is planned. */
  give(summary: StackSummary): void {
    const { epoch, offset } = summary;
    const isOther = epoch !== this.#epoch;
    // What follows comes in the channel's own epoch.
    if (isOther && this.#isFollowed) return;
    this.#epoch = epoch;
    this.#view =
      this.#view && !isOther && offset <= this.offset
        ? plannedFrom(this.#view, summary)
        : stackViewOf(summary);
    this.#notify();
  }

  /** Tells of changes, once for all of one turn; what is returned ends it. */
  subscribe(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  close(): void {
    this.#watchers.clear();
  }

  /** What was given stays if the events that follow it come. */
  #reset({ epoch, offset, floor }: Readonly<{ epoch: string; offset: number; floor: number }>): void {
    const goesOn = epoch === this.#epoch && this.offset >= floor - 1 && this.offset <= offset;
    this.#epoch = epoch;
    this.#isFollowed = true;
    if (!goesOn) this.#view = undefined;
    this.#notify();
  }

  #notify(): void {
    if (!this.#notified) return;
    this.#notified = false;
    afterTurn(() => {
      this.#notified = true;
      for (const watcher of this.#watchers) watcher();
    });
  }
}

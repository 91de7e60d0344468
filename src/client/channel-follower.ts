/**
 * A channel's events, each once and in order: applies what follows, drops what was reported before, sees what is missing. It
 * sends nothing itself but says how far it has come.
 */
import type { Subscribed } from "../protocol/connection/control-frames.ts";
import type { Sampling } from "../protocol/connection/sampling-frame.ts";
import type { DeploymentProgress } from "../protocol/deployment/deployment-progress.ts";
import { after } from "./connection/platform.ts";
import type {
  Batch,
  ChannelFrame,
  ListFrame,
  Snapshot,
  TransientFrame,
  TroubleNotice,
} from "./connection/server-frame.ts";

/** A place in a channel, to resume from. */
export type Position = Readonly<{ epoch: string; offset: number }>;

/** Why a channel is not followed. */
export type ChannelRefusal = Readonly<{ code: string; message: string }>;

/** Who hears what a channel says. */
export type ChannelListener = Readonly<{
  /** All that was reported is void: what comes next begins at `floor`, or with a snapshot. */
  reset?: (start: Readonly<{ epoch: string; offset: number; floor: number }>) => void;
  /** What it returns is awaited before the events up to it are asked for, where they are wanted. */
  snapshot?: (progress: DeploymentProgress, offset: number) => unknown;
  /** Nothing reported is void: what was missed, or asked for, follows up to `head`. */
  resumed?: (head: number) => void;
  /** What one commit or one part of the history adds, in order. */
  events?: (frames: readonly ChannelFrame[]) => void;
  transient?: (frame: TransientFrame) => void;
  /** Of `board` and `directory`: the list again, or what has changed of it. */
  list?: (frame: ListFrame) => void;
  /** How often AWS is looked at, when that changes. */
  sampling?: (sampling: Sampling) => void;
  /** Trouble between the server and AWS. */
  trouble?: (error: TroubleNotice["error"]) => void;
  /** The channel will not be followed. */
  refused?: (refusal: ChannelRefusal) => void;
}>;

/** Events between two acknowledgements, by which the server sees that its client keeps up. */
const ACKNOWLEDGE_EVERY = 200;

export class ChannelFollower {
  readonly listener: ChannelListener;
  readonly #acknowledge: (offset: number) => void;
  readonly #acknowledgeAfterMs: number;
  #epoch: string | undefined;
  #last: number;
  #acknowledged: number;
  #cancelTimer: (() => void) | undefined;

  constructor(
    listener: ChannelListener,
    acknowledge: (offset: number) => void,
    acknowledgeAfterMs: number,
    from?: Position,
  ) {
    this.listener = listener;
    this.#acknowledge = acknowledge;
    this.#acknowledgeAfterMs = acknowledgeAfterMs;
    this.#epoch = from?.epoch;
    this.#last = this.#acknowledged = from?.offset ?? 0;
  }

  /** Undefined before the channel has said where it stands. */
  get position(): Position | undefined {
    return this.#epoch === undefined ? undefined : { epoch: this.#epoch, offset: this.#last };
  }

  subscribed({ epoch, offset, floor, recovered }: Subscribed): void {
    this.#epoch = epoch;
    if (recovered) return this.listener.resumed?.(offset);
    this.#moveTo(floor - 1);
    this.listener.reset?.({ epoch, offset, floor });
  }

  /** `stays`: the events up to the snapshot will be reported nevertheless. */
  snapshot({ epoch, offset, data }: Snapshot, stays: boolean): unknown {
    this.#epoch = epoch;
    if (!stays) this.#moveTo(offset);
    return this.listener.snapshot?.(data, offset);
  }

  /** Takes what follows; false if something is missing before the rest. */
  take({ events }: Batch): boolean {
    const fresh = events.filter(({ offset }) => offset > this.#last);
    const end = fresh.findIndex(({ offset }, index) => offset !== this.#last + 1 + index);
    const next = end === -1 ? fresh : fresh.slice(0, end);
    if (next.length > 0) {
      this.#last += next.length;
      this.listener.events?.(next.filter((frame) => frame.type !== "unknown"));
      this.#scheduleAcknowledgement();
    }
    return end === -1;
  }

  /** Nothing can be acknowledged until the channel is subscribed to again. */
  pause(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#acknowledged = this.#last;
  }

  #moveTo(offset: number): void {
    this.#last = this.#acknowledged = offset;
  }

  #scheduleAcknowledgement(): void {
    if (this.#last - this.#acknowledged >= ACKNOWLEDGE_EVERY) this.#acknowledgeNow();
    else
      this.#cancelTimer ??= after(this.#acknowledgeAfterMs, () => {
        this.#cancelTimer = undefined;
        this.#acknowledgeNow();
      });
  }

  #acknowledgeNow(): void {
    if (this.#last === this.#acknowledged) return;
    this.#acknowledged = this.#last;
    this.#acknowledge(this.#last);
  }
}

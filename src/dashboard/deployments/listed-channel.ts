/**
 * A running deployment of the list, followed as cheaply as a row needs it: its snapshot, then the percentages that its
 * channel tells once a second. When the run turns, or events come and no percentage does, the list's own row is the newer one.
 */
import type { ChannelListener } from "../../client/channel-follower.ts";
import type { ChannelFrame, TransientFrame } from "../../client/connection/server-frame.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";

/** How far the whole is, between two durable events. */
export type Pulse = Readonly<{
  progressPercent: number;
  deployedStacks: number;
  estimatedTimeRemaining: number | undefined;
}>;

/** After a turn of the run, so that the list's row has come by then. */
const TURN_MS = 1_500;

/** Without a percentage for so long the channel has none to tell. */
const QUIET_MS = 2_000;

const isTurn = ({ type }: ChannelFrame): boolean =>
  type.startsWith("deployment_") || type === "stack_failed" || type === "stack_skipped";

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** What a transient frame tells of the whole; undefined if it is about a stack. */
export const pulseOf = ({ type, data }: Pick<TransientFrame, "type" | "data">): Pulse | undefined => {
  const progressPercent = numberOf(data["progressPercent"]);
  const deployedStacks = numberOf(data["deployedStacks"]);
  if (type !== "deployment_progress" || progressPercent === undefined || deployedStacks === undefined)
    return undefined;
  return {
    progressPercent,
    deployedStacks,
    estimatedTimeRemaining: numberOf(data["estimatedTimeRemaining"]),
  };
};

export class ListedChannel {
  readonly listener: ChannelListener;
  /** There is something new to draw. */
  readonly #onChange: () => void;
  #progress: DeploymentProgress | undefined;
  #pulse: Pulse | undefined;
  #heardAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.listener = {
      snapshot: (progress) => this.#know(progress),
      events: (frames) => this.#outdatedIn(frames.some(isTurn) ? TURN_MS : QUIET_MS),
      transient: (frame) => {
        const pulse = pulseOf(frame);
        if (!pulse) return;
        this.#pulse = pulse;
        this.#heardAt = Date.now();
        onChange();
      },
    };
  }

  /** Undefined: the list's row is newer. */
  get progress(): DeploymentProgress | undefined {
    return this.#progress;
  }

  /** Newer than the progress, and the row; undefined if there is nothing newer. */
  get pulse(): Pulse | undefined {
    return this.#pulse;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #know(progress: DeploymentProgress | undefined): void {
    this.#progress = progress;
    this.#pulse = undefined;
    this.#onChange();
  }

  #outdatedIn(ms: number): void {
    const dueAt = Date.now() + ms;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#outdate(ms === TURN_MS), ms);
  }

  #outdate(isTurned: boolean): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    // Percentages flow: they will tell what these events have changed.
    if (!isTurned && Date.now() - this.#heardAt < QUIET_MS) return this.#outdatedIn(QUIET_MS);
    this.#know(undefined);
  }
}

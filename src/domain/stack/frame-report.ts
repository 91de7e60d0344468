/** The frames of one fold, each with what its readers need to know the operation as it is known then. */
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import { endsEstimate, unreported } from "./operation-view.ts";
import { isOwnEvent } from "./stack-event.ts";
import { rootOf, type StackState } from "./stack-state.ts";
import { countsOf } from "./frames.ts";
import { EMPTY_TALLY } from "./resources/tally.ts";
import { operationOf, type OperationView } from "./summary.ts";

/** A channel, and the offset of its newest frame. */
export type ChannelPlace = Readonly<{ channel: string; offset: number }>;

/** Without the counts, which take long and are in every frame. */
const operationBefore = (state: StackState): OperationView | undefined => {
  const root = rootOf(state);
  const { attempt } = state;
  return root && attempt && operationOf(state, countsOf(root, attempt, EMPTY_TALLY));
};

/** What of an attempt a frame has to report beside the counts. */
const OPERATION = ["startedAt", "outputs", "outputsOmitted", "cause", "rollbackCause", "ownFailure"] as const;

export class FrameReport {
  readonly frames: StackFrame[] = [];
  private readonly channel: string;
  private offset: number;
  /** Whether readers know how much longer it takes. */
  private isEstimated: boolean;
  /** The state of the newest frame about a resource. */
  private newest: StackState | undefined;
  /** What the readers of the channel know of the operation. */
  private reported: OperationView | undefined;

  constructor(before: StackState, { channel, offset }: ChannelPlace) {
    this.channel = channel;
    this.offset = offset;
    this.reported = operationBefore(before);
    this.isEstimated = before.attempt?.estimate !== undefined;
  }

  get nextOffset(): number {
    return this.offset + 1;
  }

  /** Takes the next place in the channel. */
  next(): ChannelPlace {
    return { channel: this.channel, offset: ++this.offset };
  }

  push(frame: StackFrame, state: StackState, begins = false): void {
    if (endsEstimate(frame) || begins) this.isEstimated = false;
    if (frame.type !== "resource_update") {
      this.reported = operationOf(state, frame.stack);
      this.frames.push(frame);
      return;
    }
    const isRepeated = !begins && !isOwnEvent(frame.resource) && this.saysNoMore(state);
    this.newest = state;
    if (isRepeated) {
      this.frames.push(frame);
      return;
    }
    const { reported } = this;
    this.reported = operationOf(state, frame.stack);
    const operation = unreported(reported, frame, this.reported, begins);
    this.frames.push(operation ? { ...frame, operation } : frame);
  }

  /**
   * The newest frame tells how much longer the operation takes, as it is known after all of them. Undefined: nobody knows, and
   * readers who do are to forget it.
   */
  estimate(estimate: Estimate | undefined): void {
    const last = this.frames.at(-1);
    if (!last || last.type === "stack_complete") return;
    const isForgotten = !estimate && this.isEstimated && last.type === "resource_update";
    if (estimate) this.frames.splice(-1, 1, { ...last, stack: { ...last.stack, estimate } });
    if (isForgotten) this.frames.splice(-1, 1, { ...last, operation: { ...last.operation, estimate: null } });
  }

  /** Whether a state differs from the one that was reported last in nothing but its counts and its resources. */
  private saysNoMore(state: StackState): boolean {
    const { newest } = this;
    const [before, after] = [newest?.attempt, state.attempt];
    return (
      newest !== undefined &&
      rootOf(newest) === rootOf(state) &&
      before !== undefined &&
      after !== undefined &&
      after.outputs === undefined &&
      OPERATION.every((field) => before[field] === after[field])
    );
  }
}

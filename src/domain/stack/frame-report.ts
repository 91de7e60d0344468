/** The frames of one fold, each with what its readers need to know the operation as it is known then. */
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { unreported } from "./operation-view.ts";
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

export class FrameReport {
  readonly frames: StackFrame[] = [];
  private readonly channel: string;
  private offset: number;
  /** What the readers of the channel know of the operation. */
  private reported: OperationView | undefined;

  constructor(before: StackState, { channel, offset }: ChannelPlace) {
    this.channel = channel;
    this.offset = offset;
    this.reported = operationBefore(before);
  }

  get nextOffset(): number {
    return this.offset + 1;
  }

  /** Takes the next place in the channel. */
  next(): ChannelPlace {
    return { channel: this.channel, offset: ++this.offset };
  }

  push(frame: StackFrame, state: StackState, begins = false): void {
    const { reported } = this;
    this.reported = operationOf(state, frame.stack);
    const operation =
      frame.type === "resource_update" ? unreported(reported, frame, this.reported, begins) : undefined;
    this.frames.push(operation && frame.type === "resource_update" ? { ...frame, operation } : frame);
  }
}

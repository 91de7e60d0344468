/** Follows a stack as the tracker does, poll by poll, without its storage and its sockets. */
import { storedAndRead } from "./stored.ts";
import { advance } from "../../src/domain/stack/advance.ts";
import type { Advance } from "../../src/domain/stack/findings.ts";
import { isComplete, EMPTY_STATE, type StackState } from "../../src/domain/stack/stack-state.ts";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import type { StackComplete, StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { observe } from "../../src/trackers/stack/observe.ts";
import type { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { nameOf, ROOT } from "./events.ts";

export const CHANNEL = "stacks/eu-west-1/shop";

/** As many failed polls in a row make the tracker go on without a plan. */
const PATIENCE_FOR_PLANS = 3;

/** What a look reported, and what was known after it. */
export type Step = Readonly<{ state: StackState; offset: number; frames: readonly StackFrame[] }>;

export class Follower {
  state: StackState = EMPTY_STATE;
  readonly frames: StackFrame[] = [];
  readonly steps: Step[] = [];
  trouble: LookupFailure | undefined;
  private failedPolls = 0;
  private readonly cloudFormation: FakeCloudFormation;
  private readonly stackName: string;

  constructor(cloudFormation: FakeCloudFormation, stackName = nameOf(ROOT)) {
    this.cloudFormation = cloudFormation;
    this.stackName = stackName;
  }

  get complete(): boolean {
    return isComplete(this.state);
  }

  get ends(): StackComplete[] {
    return this.frames.filter((frame) => frame.type === "stack_complete");
  }

  /** Looks once; what was found, or undefined if the look failed. */
  async poll(): Promise<Advance | undefined> {
    const hasty = this.failedPolls >= PATIENCE_FOR_PLANS;
    const seen = await observe(this.state, this.stackName, this.cloudFormation, hasty);
    this.trouble = seen.ok ? seen.value.trouble : seen.failure;
    this.failedPolls = this.trouble ? this.failedPolls + 1 : 0;
    if (!seen.ok) return undefined;
    const position = { channel: CHANNEL, offset: this.frames.length };
    const change = advance(this.state, seen.value.findings, position);
    this.state = change.state;
    this.frames.push(...change.frames);
    this.steps.push({ state: this.state, offset: this.frames.length, frames: change.frames });
    return change;
  }

  /** Looks until the end was reported, at most `polls` times. */
  async pollToEnd(polls = 20): Promise<void> {
    for (let poll = 0; poll < polls && !this.complete; poll++) await this.poll();
  }

  /** What is left after the process died: the state, by way of its storage. */
  restart(): void {
    this.state = storedAndRead(this.state);
  }
}

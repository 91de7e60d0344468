/**
 * How long a stack's resources take, as the object of its region remembers it. Nothing depends on it: while that object is away,
 * the table of types is used, and what ends is not learned from.
 */
import type { Env } from "../../env.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import { durationsSeen } from "../../domain/stack/resources/durations-seen.ts";
import type { StackState } from "../../domain/stack/stack-state.ts";
import { call, regionOf, within } from "../../objects.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";

/** How long, in milliseconds, a look waits for it. */
const PATIENCE_MS = 500;

const NOTHING_LEARNED: Learned = { resources: {}, types: {} };

export class StackExperience {
  private readonly env: Env;
  private readonly address: StackAddress;
  private known: Learned | undefined;

  constructor(env: Env, address: StackAddress) {
    this.env = env;
    this.address = address;
  }

  /** What was learned before this operation, asked for once. */
  async learned(): Promise<Learned> {
    this.known ??= (await this.asked()) ?? NOTHING_LEARNED;
    return this.known;
  }

  private async asked(): Promise<Learned | undefined> {
    const { stackName } = this.address;
    const asked = call(
      () => regionOf(this.env, this.address),
      (object) => object.learned(stackName),
    );
    return within(PATIENCE_MS, asked).catch(() => undefined);
  }

  /** Learns from an operation that is over, if one of the frames says so. */
  async teach(frames: readonly StackFrame[], state: StackState): Promise<void> {
    if (!frames.some(({ type }) => type === "stack_complete")) return;
    this.known = undefined;
    const { stackName } = this.address;
    const seen = durationsSeen(state);
    await call(
      () => regionOf(this.env, this.address),
      (object) => object.learn(stackName, seen),
    ).catch(() => undefined);
  }
}

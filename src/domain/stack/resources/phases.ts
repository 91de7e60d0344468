/** What a resource went through when an event of it happened: the change, its clean-up or its rollback. */
import { spansOf, type Span } from "../operation/own-status.ts";
import type { FollowedStack } from "../stack-state.ts";

/** What a stack was doing when an event with this rank and time happened. */
export type Phases = (
  stackId: string,
  rank: number,
  timestamp: string,
) => Readonly<{
  phase: Span["phase"];
  isCleaning: boolean;
  /** The whole operation was being rolled back. */
  isUndoing: boolean;
}>;

/**
 * Within a stack AWS's order decides. A nested stack is deleted or rolled back by an operation of its own, which is part of
 * what the outermost stack around it was doing then: by AWS's time, as lists of several stacks have no common order.
 */
export const phasesOf = (followed: ReadonlyMap<string, FollowedStack>): Phases => {
  const stacks = [...followed.values()].map((stack) => ({ stack, spans: spansOf(stack) }));
  const known = new Map(stacks.map(({ stack, spans }) => [stack.stackId, spans]));
  const root = stacks.find(({ stack }) => stack.prefix === "")?.spans ?? [];
  const nested = new Set(stacks.filter(({ stack }) => stack.prefix !== "").map(({ stack }) => stack.stackId));
  const around = new Map<string, (readonly Span[])[]>();
  for (const { stack } of stacks) {
    const outer = stacks
      .filter(
        ({ stack: { prefix }, spans }) =>
          spans.length > 1 && prefix.length < stack.prefix.length && stack.prefix.startsWith(prefix),
      )
      .sort((left, right) => left.stack.prefix.length - right.stack.prefix.length);
    if (outer.length > 0)
      around.set(
        stack.stackId,
        outer.map(({ spans }) => spans),
      );
  }
  return (stackId, rank, timestamp) => {
    const outer = around.get(stackId) ?? [];
    const span =
      outer
        .map((spans) => spans.findLast(({ at }) => at <= timestamp))
        .find((one) => one !== undefined && one.phase !== "forward") ??
      known.get(stackId)?.findLast((one) => one.rank < rank) ??
      FORWARD;
    const { phase, isCleaning } = span;
    const whole = nested.has(stackId) ? root.findLast(({ at }) => at <= timestamp) : span;
    return { phase, isCleaning, isUndoing: whole?.phase === "rollback" };
  };
};

const FORWARD: Span = { rank: -Infinity, at: "", phase: "forward", isCleaning: false };

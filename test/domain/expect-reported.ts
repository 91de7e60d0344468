/** Compares what a reader of the frames knows with what the server knows. */
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { StackState } from "../../src/domain/stack/stack-state.ts";
import {
  resourcesOf,
  stackViewAfter,
  stackViewOf,
  type StackView,
} from "../../src/domain/stack/stack-view.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import type { Step } from "./follower.ts";

/** What both know: all but what an operation plans and has not started, which no event tells of. */
const shownBy = (view: StackView | undefined) =>
  view && { ...view, resources: resourcesOf(view).filter(({ startedAt }) => startedAt !== undefined) };

const viewAt = (state: StackState, offset: number): StackView | undefined => {
  const summary = summaryOf(state);
  return summary && stackViewOf({ ...summary, offset });
};

/** Every view that begins with one of the steps, or with nothing, goes on as the server does. */
export const expectReported = (steps: readonly Step[]): void => {
  let views: (StackView | undefined)[] = [undefined];
  for (const { state, offset, frames } of steps) {
    const known = viewAt(state, offset);
    views = views.map((view) => stackViewAfter(view, frames));
    for (const view of views) {
      // Whole comparisons are dear, and most find nothing.
      if (!isDeepStrictEqual(shownBy(view), shownBy(known))) expect(shownBy(view)).toEqual(shownBy(known));
    }
    if (known) views = [views[0], views.at(-1), known];
  }
};

/** Follows a stack of whose events AWS shows some late, and says what holds at the end. */
import fc from "fast-check";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { Follower } from "./follower.ts";

export const LATEST = 8;

/** Seconds of AWS's time that each event becomes visible late, by its place in the story. */
export const lateness = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(LATEST)), {
  minLength: 1,
  maxLength: 40,
});

/** Shows each event in its place of its stack's list once it is due, and looks every second of AWS's time. */
export const follow = async (events: readonly StackEvent[], lates: readonly number[]): Promise<Follower> => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  const dues = events.map(
    ({ timestamp }, index) => Date.parse(timestamp) + lates[index % lates.length]! * 1000,
  );
  const end = Math.max(...dues);
  const wait = async (until: number): Promise<void> => {
    cloudFormation.lists.clear();
    cloudFormation.show(...events.filter((_, index) => dues[index]! <= until));
    if (cloudFormation.lists.size > 0) await follower.poll();
  };
  for (let now = Date.parse(events[0]!.timestamp); now < end + 1000; now += 1000) await wait(now);
  await wait(end);
  for (let poll = 0; poll < 30; poll += 1) await wait(end);
  return follower;
};

export const reported = ({ frames }: Follower): string[] =>
  frames.flatMap((frame) => (frame.type === "resource_update" ? [frame.resource.reason] : [])).toSorted();

/** What holds at the end; the percentage of what ended unfinished is the highest that was reached on the way. */
export const endOf = (follower: Follower) => {
  const { progress, resources, ...summary } = summaryOf(follower.state)!;
  return {
    ...summary,
    isWhole: progress === 100,
    resources: resources.toSorted((left, right) => left.path.localeCompare(right.path, "en")),
  };
};

/** The last `stack_complete`; a start that shows itself after it is reported by its own frame. */
export const lastWord = ({ ends }: Follower) => {
  const { offset: _offset, durationSeconds: _seconds, stack, ...end } = ends.at(-1)!;
  return { ...end, stack: { ...stack, progress: 0 } };
};

/** What holds of every channel, whatever happens to the stack. */
import { expect } from "vitest";
import { isRollbackStatus, operationBegunBy } from "../../src/domain/stack/statuses.ts";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { CHANNEL } from "./follower.ts";

/** Offsets are dense from 1; counts fit into the total; the percentage falls only where an attempt or a rollback begins. */
export const expectInvariants = (frames: readonly StackFrame[]): void => {
  const faults: string[] = [];
  let reached = 0;
  let rollingBack = false;
  frames.forEach((frame, index) => {
    const { totalResources, completedResources, inProgressResources, failedResources } = frame.stack;
    const { status, progress } = frame.stack;
    const own = frame.type === "resource_update" && frame.resource.logicalId === frame.stack.name;
    const begins = own && operationBegunBy(frame.resource.status) !== undefined;
    const backs = !rollingBack && isRollbackStatus(status);
    if (begins || backs) reached = 0;
    if (begins || backs) rollingBack = isRollbackStatus(status);
    const held: Readonly<Record<string, boolean>> = {
      "offsets are dense": frame.offset === index + 1,
      "the channel is the stack's": frame.channel === CHANNEL,
      "no count is negative": Math.min(completedResources, inProgressResources, failedResources) >= 0,
      "counts fit the total": completedResources + inProgressResources + failedResources <= totalResources,
      "progress does not fall": progress >= reached,
      "100 is the end": progress < 100 || !status.endsWith("_IN_PROGRESS"),
    };
    for (const [rule, holds] of Object.entries(held)) {
      if (!holds) faults.push(`${rule}, but after ${reached}: ${JSON.stringify(frame)}`);
    }
    reached = progress;
  });
  expect(faults).toEqual([]);
};

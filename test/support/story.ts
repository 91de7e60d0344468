/**
 * A stack's story reported twice, as AWS has it on its lists and as a channel gave it, brought into one form that can be
 * compared; and the rules that every story keeps, whatever happens in it.
 */
import { expect } from "vitest";
import type { StackCounts, StackFrame } from "../../src/protocol/stack/stack-frames.ts";

/** An event of a stack's list in the shape of describe-stack-events. */
export type ListedEvent = Readonly<{
  StackId: string;
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  Timestamp: string;
  ResourceStatus?: string | undefined;
  ResourceStatusReason?: string | undefined;
  HookStatus?: string | undefined;
}>;

/** What is reported, line by line, of each stack by its ARN, in order. */
export type Story = Readonly<Record<string, readonly string[]>>;

const storyOf = <Item>(
  items: readonly Item[],
  stackOf: (item: Item) => string,
  lineOf: (item: Item) => string,
): Story => {
  const story: Record<string, string[]> = {};
  for (const item of items) (story[stackOf(item)] ??= []).push(lineOf(item));
  return story;
};

/** The story as AWS's lists have it; the events oldest first. */
export const listedStory = (events: readonly ListedEvent[]): Story =>
  storyOf(
    events,
    ({ StackId }) => StackId,
    (event) =>
      [
        event.Timestamp,
        event.LogicalResourceId,
        event.ResourceType,
        event.ResourceStatus ?? event.HookStatus ?? "",
        event.PhysicalResourceId,
        event.HookStatus ?? "",
        event.ResourceStatusReason ?? "",
      ].join(" | "),
  );

/** The story as a channel's events tell it. */
export const reportedStory = (events: readonly StackFrame[]): Story =>
  storyOf(
    events.filter((event) => event.type === "resource_update"),
    ({ resource }) => resource.stackId,
    ({ timestamp, resource }) =>
      [
        timestamp,
        resource.logicalId,
        resource.type,
        resource.status,
        resource.physicalId,
        resource.hook?.status ?? "",
        resource.reason,
      ].join(" | "),
  );

/** Lines of a story without its order: what came, and how often. */
export const sortedStory = (story: Story): Story =>
  Object.fromEntries(Object.entries(story).map(([stack, lines]) => [stack, [...lines].sort()]));

/** Offsets follow each other without a hole or a repeat. */
export const expectDense = (events: readonly StackFrame[], first = events[0]?.offset ?? 1): void => {
  expect(events.map(({ offset }) => offset)).toEqual(events.map((_, index) => first + index));
};

/** The stack's own status that this frame tells; undefined if it is about a resource. */
const ownStatusOf = (event: StackFrame): string | undefined =>
  event.type === "resource_update" &&
  event.resource.physicalId === event.resource.stackId &&
  event.resource.logicalId === event.stack.name &&
  event.resource.path === event.stack.name
    ? event.resource.status
    : undefined;

const BEGINS_ROLLBACK = /^(UPDATE_|IMPORT_)?ROLLBACK_IN_PROGRESS$/;
const BEGINS_ATTEMPT = /^(REVIEW|CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;
const AT_REST = /_(COMPLETE|FAILED)$/;

/** The percentage falls only where an attempt or a rollback begins, and is 100 only when the stack rests. */
export const expectHonestProgress = (events: readonly StackFrame[]): void => {
  const faults: string[] = [];
  let before = 0;
  for (const event of events) {
    const { progress, status }: StackCounts = event.stack;
    const own = ownStatusOf(event) ?? "";
    const mayFall = BEGINS_ROLLBACK.test(own) || BEGINS_ATTEMPT.test(own);
    if (progress < before && !mayFall) faults.push(`offset ${event.offset}: from ${before} to ${progress}`);
    if (progress === 100 && !AT_REST.test(status)) faults.push(`offset ${event.offset}: 100 in ${status}`);
    before = progress;
  }
  expect(faults).toEqual([]);
};

/** Events as CloudFormation would tell them, for tests: a stack's own, its resources', nested stacks'. */
import { STACK_TYPE, type StackEvent } from "../../src/domain/stack/stack-event.ts";

export const ROOT = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/11111111-2222";
export const CHILD = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop-Data-AAAA/33333333-4444";

export const nameOf = (stackId: string): string => stackId.split("/")[1] ?? "";

/** AWS's time, `seconds` after noon. */
export const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 10, 1, 12) + seconds * 1000).toISOString();

type Extra = Partial<StackEvent> & Readonly<{ seconds?: number }>;

let counter = 0;

const eventOf = (
  stackId: string,
  logicalId: string,
  type: string,
  physicalId: string,
  status: string,
  { seconds = ++counter, ...extra }: Extra,
): StackEvent => ({
  eventId: `event-${++counter}`,
  stackId,
  stackName: nameOf(stackId),
  logicalId,
  physicalId,
  type,
  status,
  reason: "",
  timestamp: at(seconds),
  ...extra,
});

/** The stack's own event. */
export const own = (status: string, extra: Extra = {}, stackId = ROOT): StackEvent =>
  eventOf(stackId, nameOf(stackId), STACK_TYPE, stackId, status, extra);

/** An event of one of the stack's resources. */
export const resource = (logicalId: string, status: string, extra: Extra = {}, stackId = ROOT): StackEvent =>
  eventOf(stackId, logicalId, "AWS::SNS::Topic", `physical-${logicalId}`, status, extra);

/** An event of the parent on a stack nested in it. */
export const nested = (
  logicalId: string,
  status: string,
  extra: Extra = {},
  childId = CHILD,
  parentId = ROOT,
): StackEvent => eventOf(parentId, logicalId, STACK_TYPE, childId, status, extra);

/** The events with times that begin at noon, a second apart. */
export const timed = (...events: readonly StackEvent[]): StackEvent[] =>
  events.map((event, index) => ({ ...event, timestamp: at(index) }));

/**
 * One fact that CloudFormation reported about a stack: an event of DescribeStackEvents in our words.
 * Everything AWS-specific (XML, message texts) was already turned into these fields.
 */
import type { ReasonSign } from "../estimate/advice.ts";

/** The resource type of a stack, its own events and nested stacks alike. */
export const STACK_TYPE = "AWS::CloudFormation::Stack";

/** What a status reason means, where AWS says it in prose only. */
export type ReasonHint =
  /** the resource was stopped because another one failed */
  | "cancelled"
  /** a nested stack failed: the cause is one of that stack's own events */
  | "embedded"
  /** the operation ended well, but something could not be deleted */
  | "orphans"
  /** the operation ended well, but what it made may still be becoming available */
  | "stabilising"
  /** CloudFormation deletes what it could not create; nobody asked for that deletion by itself */
  | "given-up"
  /** the user asked for the rollback */
  | "user-requested"
  /** the stack only lists which of its resources failed */
  | "listing";

/** What a CloudFormation hook said of a resource before it was provisioned. */
export type HookReport = Readonly<{
  type: string;
  status: string;
  reason: string;
  invocationPoint: string;
  /** `WARN` does not fail the resource. */
  failureMode: string;
}>;

export type StackEvent = Readonly<{
  /** Opaque; unique but for some hook events, see `eventKeyOf`. */
  eventId: string;
  /** ARN of the stack whose list the event is on. */
  stackId: string;
  stackName: string;
  logicalId: string;
  /** Empty until the resource has one. */
  physicalId: string;
  /** `AWS::EC2::Instance` */
  type: string;
  /** A ResourceStatus; unknown ones are handled by their suffix. Empty on some hook events. */
  status: string;
  /** Empty if AWS gave none. */
  reason: string;
  hint?: ReasonHint;
  /** What the reason means for whoever waits, or has failed. */
  sign?: ReasonSign;
  /** AWS's own, ISO 8601 UTC with milliseconds. */
  timestamp: string;
  operationId?: string;
  clientRequestToken?: string;
  /** `CONFIGURATION_COMPLETE`, `VALIDATION_FAILED` */
  detailedStatus?: string;
  hook?: HookReport;
  /** Of the hook's call: what it found can be asked for by it. */
  hookInvocationId?: string;
  /** Key of the event that stands next above it in AWS's list, if that was read before: this one became visible late. */
  precedes?: string;
}>;

/** Whether the event is about the stack itself, not about one of its resources. */
export const isOwnEvent = (event: Pick<StackEvent, "type" | "stackId" | "physicalId">): boolean =>
  event.type === STACK_TYPE && event.physicalId === event.stackId;

/** Whether the event says how the stack itself stands now; a hook's report on a stack may say nothing of it. */
export const isOwnStatusEvent = (event: StackEvent): boolean => isOwnEvent(event) && event.status !== "";

/** Whether the event is about a stack nested in this one. */
export const isNestedStackEvent = (event: StackEvent): boolean =>
  event.type === STACK_TYPE && event.physicalId !== "" && event.physicalId !== event.stackId;

/** What two sightings of one event have in common. A hook's events may share one EventId. */
export const eventKeyOf = (eventId: string, hookStatus: string | undefined): string =>
  hookStatus ? `${eventId}#${hookStatus}` : eventId;

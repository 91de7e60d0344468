/**
 * CloudFormation as the trackers ask it: questions in our words, answers in our types, failures as values.
 * XML, NextToken and message texts end here.
 */
import type { LookupFailure } from "../domain/lookup-failure.ts";
import type { StackEvent } from "../domain/stack-event.ts";
import type { Template } from "../domain/template.ts";
import type { Result } from "../protocol/result.ts";

/** One page of DescribeStackEvents, cut where the known events begin. */
export type EventPage = Readonly<{
  /** Newest first. Only events that are not known and stand above (are newer than) the last known one of the page. */
  unseen: readonly StackEvent[];
  /** Whether the page holds a known event: all below it was read before. */
  reachedKnown: boolean;
  /** Absent on the last page. */
  nextToken?: string;
}>;

export type StackDescription = Readonly<{
  stackId: string;
  name: string;
  status: string;
  outputs: Readonly<Record<string, string>>;
  parameters: Readonly<Record<string, string>>;
  /** The change set that the newest operation executed, if it was one. */
  changeSetId?: string;
}>;

export type ResourceChange = Readonly<{
  /** `Add`, `Modify`, `Remove`, `Import`, `Dynamic` */
  action: string;
  logicalId: string;
  type: string;
  /** The nested stack's own change set, where the root's was made with IncludeNestedStacks. */
  changeSetId?: string;
}>;

export type ChangeSet = Readonly<{
  stackId: string;
  /** `EXECUTE_IN_PROGRESS`, `EXECUTE_COMPLETE`, … */
  executionStatus: string;
  /** Of all pages. */
  changes: readonly ResourceChange[];
}>;

export type StackResource = Readonly<{
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason: string;
  timestamp: string;
}>;

type Answer<Value> = Promise<Result<Value, LookupFailure>>;

/** `stack` is a name or, surer, an ARN: a deleted stack answers to its ARN only. */
export type CloudFormation = Readonly<{
  /** `known` holds keys of `eventKeyOf`. */
  eventPage(stack: string, known: ReadonlySet<string>, nextToken?: string): Answer<EventPage>;
  describeStack(stack: string): Answer<StackDescription>;
  changeSet(changeSetId: string): Answer<ChangeSet>;
  template(stack: string): Answer<Template>;
  resources(stack: string): Answer<readonly StackResource[]>;
}>;

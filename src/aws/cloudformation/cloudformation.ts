/**
 * CloudFormation as the trackers ask it: questions in our words, answers in our types, failures as values.
 * XML, NextToken and message texts end here.
 */
import type { ZodType } from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { StackEvent } from "../../domain/stack/stack-event.ts";
import type { Template } from "../../domain/template/template.ts";
import { failed, success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import {
  operationReasonOf,
  reasonQuestions,
  type FailedOperation,
  type RefusalReason,
} from "./change-set-reason.ts";
import { changeSetPage, describedStacks, resourcesPage, templateBody } from "./cloudformation-answers.ts";
import { readEventPage } from "./event-page.ts";
import { allPages } from "../transport/pages.ts";
import type { ActionOf } from "../transport/actions.ts";
import { queryCall } from "../transport/query-call.ts";
import { readXml } from "../transport/query-xml.ts";
import type { AwsSession } from "../identity/session.ts";
import type { CallBudget } from "../transport/signed-call.ts";
import { templateOf } from "./template.ts";

/** One page of DescribeStackEvents, cut where the known events begin. */
export type EventPage = Readonly<{
  /**
   * Newest first. Only events that are not known and stand above (are newer than) the last known one of the page, or above
   * the stack's beginning where that is known.
   */
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

type ChangeSet = Readonly<{
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
  /** Why an operation has failed whose reason only points elsewhere; AWS's own words where nothing more can be had. */
  operationReason(failed: FailedOperation): Promise<RefusalReason>;
}>;

/** What is asked once an operation, not every poll, may take its time. What is throttled waits for the next look. */
const PATIENT: CallBudget = { attempts: 3, totalMs: 10_000, withoutThrottled: true };

/** Hears of the first page of a stack's events, and when it was asked for, in unix milliseconds. */
type PageListener = (stack: string, xml: string, askedAt: number) => void;

/** CloudFormation in the session's region. */
export const cloudFormation = (session: AwsSession, heard?: PageListener): CloudFormation => {
  const ask = async <Value>(
    action: ActionOf<"cloudformation">,
    parameters: Readonly<Record<string, string | undefined>>,
    answer: ZodType<Value>,
  ): Answer<Value> => {
    const xml = await queryCall(session, { service: "cloudformation", action, parameters, budget: PATIENT });
    return xml.ok ? readXml(xml.value, `${action}Response`, answer) : xml;
  };
  return {
    async eventPage(stack, known, nextToken) {
      const askedAt = session.clock();
      const xml = await queryCall(session, {
        service: "cloudformation",
        action: "DescribeStackEvents",
        parameters: { StackName: stack, NextToken: nextToken },
      });
      if (!xml.ok) return xml;
      if (nextToken === undefined) heard?.(stack, xml.value, askedAt);
      return readEventPage(xml.value, known);
    },
    async describeStack(stack) {
      const stacks = await ask("DescribeStacks", { StackName: stack }, describedStacks);
      if (!stacks.ok) return stacks;
      const found = stacks.value[0];
      return found
        ? success(found)
        : failed({ kind: "missing", message: `Stack ${stack} is not in the answer` });
    },
    async changeSet(changeSetId) {
      const all = await allPages((nextToken) =>
        ask("DescribeChangeSet", { ChangeSetName: changeSetId, NextToken: nextToken }, changeSetPage),
      );
      if (!all.ok) return all;
      const { stackId, executionStatus, items } = all.value;
      return success({ stackId, executionStatus, changes: items });
    },
    async template(stack) {
      const text = await ask("GetTemplate", { StackName: stack }, templateBody);
      return text.ok ? templateOf(text.value) : text;
    },
    async resources(stack) {
      const all = await allPages((nextToken) =>
        ask("ListStackResources", { StackName: stack, NextToken: nextToken }, resourcesPage),
      );
      return all.ok ? success(all.value.items) : all;
    },
    operationReason: (failure) => operationReasonOf(failure, reasonQuestions(ask)),
  };
};

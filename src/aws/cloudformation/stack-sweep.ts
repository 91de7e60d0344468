/**
 * All stacks of an account and region as one list, and the deleted ones: what many stacks are looked up in by a few calls.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { stackOfArn, type SweptStack } from "../../domain/radar/swept-stack.ts";
import { success, type Result } from "../../protocol/result.ts";
import { allPages } from "../transport/pages.ts";
import { queryCall } from "../transport/query-call.ts";
import { listOf, readXml } from "../transport/query-xml.ts";
import type { CallBudget } from "../transport/signed-call.ts";
import type { AwsSession } from "../identity/session.ts";
import { utcMillisecondsOf } from "./event-member.ts";

const time = z
  .string()
  .optional()
  .transform((value) => (value === undefined ? undefined : (utcMillisecondsOf(value) ?? value)));

const token = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const tag = z
  .object({ Key: z.string(), Value: z.string().default("") })
  .transform(({ Key, Value }) => [Key, Value] as const);

const stack = z
  .object({
    StackId: z.string().default(""),
    StackName: z.string().min(1),
    StackStatus: z.string().default(""),
    StackStatusReason: token,
    CreationTime: time,
    LastUpdatedTime: time,
    DeletionTime: time,
    ParentId: token,
    RootId: token,
    Tags: listOf(tag),
  })
  .transform((answer): SweptStack => ({
    name: answer.StackName,
    stackId: answer.StackId,
    status: answer.StackStatus,
    ...(answer.StackStatusReason !== undefined && { reason: answer.StackStatusReason }),
    begunAt: begunAt(answer),
    ...(answer.DeletionTime !== undefined &&
      answer.StackStatus === "DELETE_COMPLETE" && { deletedAt: answer.DeletionTime }),
    isNested: answer.ParentId !== undefined,
    ...rootOf(answer.RootId),
    ...(answer.Tags.length > 0 && { tags: Object.fromEntries(answer.Tags) }),
  }));

const rootOf = (arn: string | undefined): Readonly<{ rootName?: string }> => {
  const root = stackOfArn(arn ?? "");
  return root ? { rootName: root.stackName } : {};
};

type Times = Readonly<
  Record<"CreationTime" | "LastUpdatedTime" | "DeletionTime", string | undefined> & { StackStatus: string }
>;

/** A deletion says when it began, and from its end on when it ended. */
const begunAt = ({ CreationTime, LastUpdatedTime, DeletionTime, StackStatus }: Times): string =>
  (StackStatus === "DELETE_COMPLETE" ? undefined : DeletionTime) ?? LastUpdatedTime ?? CreationTime ?? "";

const living = z
  .object({ DescribeStacksResult: z.object({ Stacks: listOf(stack), NextToken: token }) })
  .transform(({ DescribeStacksResult: { Stacks, NextToken } }) => ({ items: Stacks, nextToken: NextToken }));

const deleted = z
  .object({ ListStacksResult: z.object({ StackSummaries: listOf(stack), NextToken: token }) })
  .transform(({ ListStacksResult: { StackSummaries, NextToken } }) => ({
    items: StackSummaries,
    nextToken: NextToken,
  }));

/** A throttle is sent to all who ask there, and waits for the next list. */
const BUDGET: CallBudget = { attempts: 3, totalMs: 10_000, withoutThrottled: true };

type Stacks = Promise<Result<readonly SweptStack[], LookupFailure>>;

/** Also those that only have a change set; not deleted ones. */
export const livingStacks = async (session: AwsSession): Stacks => {
  const all = await allPages(async (nextToken) => {
    const parameters = { NextToken: nextToken };
    const call = { service: "cloudformation", action: "DescribeStacks", parameters, budget: BUDGET } as const;
    const xml = await queryCall(session, call);
    return xml.ok ? readXml(xml.value, "DescribeStacksResponse", living) : xml;
  });
  return all.ok ? success(all.value.items) : all;
};

/** Stacks that were deleted: as many pages as it takes to find all of these ARNs. */
export const deletedStacks = async (session: AwsSession, stackIds: ReadonlySet<string>): Stacks => {
  const missing = new Set(stackIds);
  const all = await allPages(async (nextToken) => {
    const parameters = { "StackStatusFilter.member.1": "DELETE_COMPLETE", NextToken: nextToken };
    const call = { service: "cloudformation", action: "ListStacks", parameters, budget: BUDGET } as const;
    const xml = await queryCall(session, call);
    const page = xml.ok ? readXml(xml.value, "ListStacksResponse", deleted) : xml;
    if (!page.ok) return page;
    for (const { stackId } of page.value.items) missing.delete(stackId);
    return missing.size > 0 ? page : success({ ...page.value, nextToken: undefined });
  });
  return all.ok ? success(all.value.items.filter(({ stackId }) => stackIds.has(stackId))) : all;
};

/** CloudFormation's answers, but for events, as zod schemas that turn AWS's fields into ours. Statuses are any text. */
import * as z from "zod";
import type { ResourceChange, StackDescription, StackResource } from "./cloudformation.ts";
import { utcMillisecondsOf } from "./event-member.ts";
import { listOf } from "../transport/query-xml.ts";

const text = z.string().default("");

const token = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const time = z.string().transform((value) => utcMillisecondsOf(value) ?? value);

const output = z
  .object({ OutputKey: z.string(), OutputValue: text })
  .transform(({ OutputKey, OutputValue }) => [OutputKey, OutputValue] as const);

/** The resolved value is what a condition sees of a parameter that names an SSM parameter. */
const parameter = z
  .object({ ParameterKey: z.string(), ParameterValue: text, ResolvedValue: z.string().optional() })
  .transform(
    ({ ParameterKey, ParameterValue, ResolvedValue }) =>
      [ParameterKey, ResolvedValue ?? ParameterValue] as const,
  );

const stack = z
  .object({
    StackId: z.string().min(1),
    StackName: z.string().min(1),
    StackStatus: z.string().min(1),
    Outputs: listOf(output),
    Parameters: listOf(parameter),
    ChangeSetId: token,
  })
  .transform((answer): StackDescription => ({
    stackId: answer.StackId,
    name: answer.StackName,
    status: answer.StackStatus,
    outputs: Object.fromEntries(answer.Outputs),
    parameters: Object.fromEntries(answer.Parameters),
    ...(answer.ChangeSetId && { changeSetId: answer.ChangeSetId }),
  }));

/** DescribeStacks: the stacks asked for. */
export const describedStacks = z
  .object({ DescribeStacksResult: z.object({ Stacks: listOf(stack) }) })
  .transform((answer) => answer.DescribeStacksResult.Stacks);

const resourceChange = z
  .object({
    Action: z.string(),
    LogicalResourceId: z.string(),
    ResourceType: text,
    ChangeSetId: token,
  })
  .transform((answer): ResourceChange => ({
    action: answer.Action,
    logicalId: answer.LogicalResourceId,
    type: answer.ResourceType,
    ...(answer.ChangeSetId && { changeSetId: answer.ChangeSetId }),
  }));

/** A change of another kind than a resource's has no ResourceChange. */
const change = z
  .object({ ResourceChange: resourceChange.optional() })
  .transform((answer) => answer.ResourceChange);

/** DescribeChangeSet: one page. */
export const changeSetPage = z
  .object({
    DescribeChangeSetResult: z.object({
      StackId: z.string().min(1),
      ExecutionStatus: text,
      Changes: listOf(change),
      NextToken: token,
    }),
  })
  .transform(({ DescribeChangeSetResult: page }) => ({
    stackId: page.StackId,
    executionStatus: page.ExecutionStatus,
    items: page.Changes.filter((item) => item !== undefined),
    nextToken: page.NextToken,
  }));

const stackResource = z
  .object({
    LogicalResourceId: z.string().min(1),
    PhysicalResourceId: text,
    ResourceType: text,
    ResourceStatus: text,
    ResourceStatusReason: text,
    LastUpdatedTimestamp: time,
  })
  .transform((answer): StackResource => ({
    logicalId: answer.LogicalResourceId,
    physicalId: answer.PhysicalResourceId,
    type: answer.ResourceType,
    status: answer.ResourceStatus,
    reason: answer.ResourceStatusReason,
    timestamp: answer.LastUpdatedTimestamp,
  }));

/** ListStackResources: one page. */
export const resourcesPage = z
  .object({
    ListStackResourcesResult: z.object({ StackResourceSummaries: listOf(stackResource), NextToken: token }),
  })
  .transform(({ ListStackResourcesResult: page }) => ({
    items: page.StackResourceSummaries,
    nextToken: page.NextToken,
  }));

/** GetTemplate: the template's text. */
export const templateBody = z
  .object({ GetTemplateResult: z.object({ TemplateBody: z.string().min(1) }) })
  .transform((answer) => answer.GetTemplateResult.TemplateBody);

/**
 * Names of all stacks of an account and region, as one list: what many names are looked up in by a few calls.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success, type Result } from "../../protocol/result.ts";
import { allPages } from "../transport/pages.ts";
import { queryCall } from "../transport/query-call.ts";
import { listOf, readXml } from "../transport/query-xml.ts";
import type { AwsSession } from "../identity/session.ts";

const page = z
  .object({
    DescribeStacksResult: z.object({
      Stacks: listOf(z.object({ StackName: z.string().min(1) })),
      NextToken: z.string().optional(),
    }),
  })
  .transform(({ DescribeStacksResult: { Stacks, NextToken } }) => ({
    items: Stacks.map(({ StackName }) => StackName),
    nextToken: NextToken || undefined,
  }));

const BUDGET = { attempts: 3, totalMs: 10_000 };

/** Also of stacks that only have a change set; not of deleted ones. */
export const stackNames = async (session: AwsSession): Promise<Result<readonly string[], LookupFailure>> => {
  const all = await allPages(async (nextToken) => {
    const parameters = { NextToken: nextToken };
    const xml = await queryCall(session, {
      service: "cloudformation",
      action: "DescribeStacks",
      parameters,
      budget: BUDGET,
    });
    return xml.ok ? readXml(xml.value, "DescribeStacksResponse", page) : xml;
  });
  return all.ok ? success(all.value.items) : all;
};

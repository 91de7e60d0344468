/**
 * Tries rights by asking for what does not exist: with the right, AWS answers that there is none. Nothing is changed by it.
 * `CreateStack` and `DeleteStack`, which might do what they say, are not tried.
 */
import * as z from "zod";
import { isUncertain } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { AwsSession } from "../identity/session.ts";
import type { ActionOf } from "../transport/actions.ts";
import { jsonCall } from "../transport/json-call.ts";
import { queryCall } from "../transport/query-call.ts";

const NOTHING = "stackcast-asks-whether-it-may-look";

const stack = { StackName: NOTHING };
const changeSet = { ...stack, ChangeSetName: NOTHING };
const template = { TemplateBody: "{}" };

type Question = readonly [ActionOf<"cloudformation">, Readonly<Record<string, string>>];

const QUESTIONS: Readonly<Record<"observe" | "deploy", readonly Question[]>> = {
  observe: [
    ["DescribeStacks", stack],
    ["ListStacks", { "StackStatusFilter.member.1": "REVIEW_IN_PROGRESS" }],
    ["DescribeStackEvents", stack],
    ["DescribeEvents", stack],
    ["ListStackResources", stack],
    ["GetTemplate", stack],
    ["DescribeChangeSet", changeSet],
  ],
  deploy: [
    ["ValidateTemplate", template],
    ["CreateChangeSet", { ...changeSet, ...template, ChangeSetType: "UPDATE" }],
    ["ExecuteChangeSet", changeSet],
    ["DeleteChangeSet", changeSet],
    ["UpdateStack", { ...stack, ...template }],
    ["CancelUpdateStack", stack],
    ["ContinueUpdateRollback", stack],
    ["RollbackStack", stack],
    ["GetStackPolicy", stack],
  ],
};

/** A right, and what stands against it. */
export type TriedRight = Readonly<{ right: string; failure?: LookupFailure }>;

/** A refusal of the question itself says that it was read. */
const triedRight = (right: string, answer: Result<unknown, LookupFailure>): TriedRight =>
  answer.ok || answer.failure.kind === "missing" || answer.failure.kind === "rejected"
    ? { right }
    : { right, failure: answer.failure };

/** Rights to look at stacks, or to deploy them. */
export const tryRights = async (
  session: AwsSession,
  use: "observe" | "deploy",
): Promise<readonly TriedRight[]> => {
  const tried: TriedRight[] = [];
  for (const [action, parameters] of QUESTIONS[use]) {
    const answer = await queryCall(session, { service: "cloudformation", action, parameters });
    tried.push(triedRight(`cloudformation:${action}`, answer));
    // Keys that the region does not take, it takes for nothing; and who does not answer one question answers none.
    if (!answer.ok && (answer.failure.kind === "credentials" || isUncertain(answer.failure.kind))) break;
  }
  return tried;
};

/** Rights to find out why something failed; each can be left out. */
export const tryExplaining = async (session: AwsSession): Promise<readonly TriedRight[]> => {
  const questions = [
    ["logs", "FilterLogEvents", "Logs_20140328", { logGroupName: `/aws/lambda/${NOTHING}`, limit: 1 }],
    ["ecs", "ListTasks", "AmazonEC2ContainerServiceV20141113", { cluster: NOTHING }],
    ["ecs", "DescribeTasks", "AmazonEC2ContainerServiceV20141113", { cluster: NOTHING, tasks: [NOTHING] }],
    [
      "cloudtrail",
      "LookupEvents",
      "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
      { MaxResults: 1 },
    ],
  ] as const;
  return Promise.all(
    questions.map(async ([service, action, prefix, input]) => {
      const call = { service, target: `${prefix}.${action}`, input };
      return triedRight(`${service}:${action}`, await jsonCall(session, call, z.unknown()));
    }),
  );
};

/** The right to put lines into groups whose names begin so; none is made. */
export const tryLogging = async (session: AwsSession, prefix: string): Promise<readonly TriedRight[]> => {
  const place = { logGroupName: `${prefix}${NOTHING}`, logStreamName: NOTHING };
  const event = { timestamp: session.clock(), message: "stackcast doctor" };
  const questions = [
    ["CreateLogStream", place],
    ["PutLogEvents", { ...place, logEvents: [event] }],
  ] as const;
  return Promise.all(
    questions.map(async ([action, input]) => {
      const call = { service: "logs", target: `Logs_20140328.${action}`, input } as const;
      return triedRight(`logs:${action}`, await jsonCall(session, call, z.unknown()));
    }),
  );
};

/**
 * Why a change set could not be made, or an operation has failed, where CloudFormation's own reason only points elsewhere: at
 * the change set of a nested stack, or at the events of a validation or a hook that has failed.
 */
import * as z from "zod";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import type { Result } from "../../protocol/result.ts";
import { listOf } from "../transport/query-xml.ts";
import { utcMillisecondsOf } from "./event-member.ts";
import { changeSetStatus } from "./operation-answers.ts";
import type { CallAnswer } from "./stack-call.ts";

/** `details`: what keeps the reason from being reported in full. */
export type RefusalReason = Readonly<{ message: string; details?: string }>;

/** A change set that failed: its ARN, the name of its stack, and AWS's words. */
export type FailedChangeSet = Readonly<{ changeSetId: string; stackName: string; reason: string }>;

/** An operation that failed: the stack's ARN, AWS's words, and AWS's time since which what failed is of this operation. */
export type FailedOperation = Readonly<{ stackId: string; reason: string; since: string }>;

/** Something in a template that CloudFormation does not let pass. */
type Fault = Readonly<z.infer<typeof operationEvents>[number]>;

/** Stacks are nested in stacks: so many levels are followed. */
const MAX_LEVELS = 8;

/** Faults that are reported one by one. */
const MAX_FAULTS = 5;

const NESTED = /\bNested change set (arn:\S+:changeSet\/\S+) was not successfully created\b/i;
const ELSEWHERE = /\bhook\(s\)(?:\/validation)? failed\b|\buse the DescribeEvents API\b/i;

/** Whether a reason is none, and only says where one stands. */
export const pointsElsewhere = (reason: string): boolean => NESTED.test(reason) || ELSEWHERE.test(reason);

const text = z.string().default("");

const operationEvent = z
  .object({
    EventType: text,
    Timestamp: text,
    LogicalResourceId: text,
    ResourceType: text,
    ResourceStatusReason: text,
    ValidationName: text,
    ValidationStatus: text,
    ValidationStatusReason: text,
    ValidationPath: text,
    ValidationFailureMode: text,
    HookType: text,
    HookStatus: text,
    HookStatusReason: text,
    HookFailureMode: text,
  })
  .transform((event) => ({
    logicalId: event.LogicalResourceId,
    type: event.ResourceType,
    at: utcMillisecondsOf(event.Timestamp) ?? "",
    failed:
      (event.ValidationStatus === "FAILED" ||
        event.HookStatus.endsWith("_FAILED") ||
        event.EventType.endsWith("_ERROR")) &&
      // What only warns keeps nothing from being done.
      event.ValidationFailureMode !== "WARN" &&
      event.HookFailureMode !== "WARN",
    by: event.ValidationName || event.HookType,
    path: event.ValidationPath,
    reason: event.ValidationStatusReason || event.HookStatusReason || event.ResourceStatusReason,
  }));

/** DescribeEvents: what happened in an operation. */
const operationEvents = z
  .object({ DescribeEventsResult: z.object({ OperationEvents: listOf(operationEvent) }) })
  .transform((answer) => answer.DescribeEventsResult.OperationEvents);

const wordsOf = ({ logicalId, type, reason, by, path }: Fault): string => {
  const place = [by, path].filter((part) => part !== "").join(" at ");
  return `${logicalId}${type === "" ? "" : ` (${type})`}: ${reason}${place === "" ? "" : ` [${place}]`}`;
};

/** What an ARN calls its change set: `arn:…:changeSet/<name>/<id>`. */
const nameIn = (arn: string): string => arn.split("/")[1] ?? arn;

type Ask = <Value>(
  action: "DescribeChangeSet" | "DescribeEvents",
  parameters: Readonly<Record<string, string | undefined>>,
  answer: z.ZodType<Value>,
) => CallAnswer<Value>;

type Questions = Readonly<{
  describe(changeSetId: string): CallAnswer<FailedChangeSet>;
  events(changeSetId: string, stackName: string): CallAnswer<readonly Fault[]>;
  ofStack(stackId: string): CallAnswer<readonly Fault[]>;
}>;

const FAILED = { "Filters.FailedEvents": "true" } as const;

/** What is asked for a reason, each time of CloudFormation. */
export const reasonQuestions = (ask: Ask): Questions => ({
  describe: (changeSetId) => ask("DescribeChangeSet", { ChangeSetName: changeSetId }, changeSetStatus),
  events: (changeSetId, stackName) => {
    const isArn = changeSetId.startsWith("arn:");
    const form = { ChangeSetName: changeSetId, ...(!isArn && { StackName: stackName }), ...FAILED };
    return ask("DescribeEvents", form, operationEvents);
  },
  ofStack: (stackId) => ask("DescribeEvents", { StackName: stackId, ...FAILED }, operationEvents),
});

/** The failure where it was found; AWS's own words where nothing more can be had. */
export const refusalReasonOf = async (
  changeSet: FailedChangeSet,
  questions: Questions,
  level = 0,
): Promise<RefusalReason> => {
  const asReported = { message: changeSet.reason };
  const [, nestedId] = NESTED.exec(changeSet.reason) ?? [];
  if (nestedId !== undefined && level < MAX_LEVELS) {
    const nested = await questions.describe(nestedId);
    if (!nested.ok) return withRight(asReported, nested, "DescribeChangeSet");
    if (nested.value.reason === "") return asReported;
    const { message, ...rest } = await refusalReasonOf(nested.value, questions, level + 1);
    return { message: `Nested stack ${nested.value.stackName || nameIn(nestedId)}: ${message}`, ...rest };
  }
  if (!ELSEWHERE.test(changeSet.reason)) return asReported;
  const events = await questions.events(changeSet.changeSetId, changeSet.stackName);
  if (!events.ok) return withRight(asReported, events, "DescribeEvents");
  return reasonIn(events.value, asReported);
};

const reasonIn = (events: readonly Fault[], asReported: RefusalReason): RefusalReason => {
  const faults = events.filter(({ failed, reason }) => failed && reason !== "");
  if (faults.length === 0) return asReported;
  const more = faults.length > MAX_FAULTS ? [`and ${faults.length - MAX_FAULTS} more`] : [];
  return {
    message: [...faults.slice(0, MAX_FAULTS).map(wordsOf), ...more].join("; "),
    details: asReported.message,
  };
};

/** The same of an operation, the first failure first. */
export const operationReasonOf = async (
  { stackId, reason, since }: FailedOperation,
  questions: Questions,
): Promise<RefusalReason> => {
  if (NESTED.test(reason)) return refusalReasonOf({ changeSetId: "", stackName: stackId, reason }, questions);
  const asReported = { message: reason };
  if (!ELSEWHERE.test(reason)) return asReported;
  const events = await questions.ofStack(stackId);
  if (!events.ok) return withRight(asReported, events, "DescribeEvents");
  // Newest first, and of all operations of the stack. What a hook or a validation has found is why all else has failed.
  const found = events.value.filter(({ at, by }) => at >= since && by !== "");
  return reasonIn(found.reverse(), asReported);
};

const withRight = (
  reason: RefusalReason,
  answer: Result<unknown, OperationFailure>,
  action: string,
): RefusalReason =>
  !answer.ok && answer.failure.kind === "denied"
    ? { ...reason, details: `Stackcast is not allowed to read the reason: grant it cloudformation:${action}` }
    : reason;

/**
 * Why a change set could not be made, where CloudFormation's own reason only points elsewhere: at the change set of a nested
 * stack, or at the events of a validation or a hook that has failed.
 */
import * as z from "zod";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import type { Result } from "../../protocol/result.ts";
import { listOf } from "../transport/query-xml.ts";
import type { CallAnswer } from "./stack-call.ts";

/** `details`: what keeps the reason from being reported in full. */
export type RefusalReason = Readonly<{ message: string; details?: string }>;

/** A change set that failed: its ARN, the name of its stack, and AWS's words. */
export type FailedChangeSet = Readonly<{ changeSetId: string; stackName: string; reason: string }>;

/** Something in a template that CloudFormation does not let pass. */
type Fault = Readonly<z.infer<typeof operationEvents>[number]>;

/** Stacks are nested in stacks: so many levels are followed. */
const MAX_LEVELS = 8;

/** Faults that are reported one by one. */
const MAX_FAULTS = 5;

const NESTED = /\bNested change set (arn:\S+:changeSet\/\S+) was not successfully created\b/i;
const ELSEWHERE = /\bhook\(s\)(?:\/validation)? failed\b|\buse the DescribeEvents API\b/i;

const text = z.string().default("");

const operationEvent = z
  .object({
    EventType: text,
    LogicalResourceId: text,
    ResourceType: text,
    ResourceStatusReason: text,
    ValidationName: text,
    ValidationStatus: text,
    ValidationStatusReason: text,
    ValidationPath: text,
    HookType: text,
    HookStatus: text,
    HookStatusReason: text,
  })
  .transform((event) => ({
    logicalId: event.LogicalResourceId,
    type: event.ResourceType,
    failed:
      event.ValidationStatus === "FAILED" ||
      event.HookStatus.endsWith("_FAILED") ||
      event.EventType.endsWith("_ERROR"),
    by: event.ValidationName || event.HookType,
    path: event.ValidationPath,
    reason: event.ValidationStatusReason || event.HookStatusReason || event.ResourceStatusReason,
  }));

/** DescribeEvents: what happened in an operation. */
export const operationEvents = z
  .object({ DescribeEventsResult: z.object({ OperationEvents: listOf(operationEvent) }) })
  .transform((answer) => answer.DescribeEventsResult.OperationEvents);

const wordsOf = ({ logicalId, type, reason, by, path }: Fault): string => {
  const place = [by, path].filter((part) => part !== "").join(" at ");
  return `${logicalId}${type === "" ? "" : ` (${type})`}: ${reason}${place === "" ? "" : ` [${place}]`}`;
};

/** What an ARN calls its change set: `arn:…:changeSet/<name>/<id>`. */
const nameIn = (arn: string): string => arn.split("/")[1] ?? arn;

type Questions = Readonly<{
  describe(changeSetId: string): CallAnswer<FailedChangeSet>;
  events(changeSetId: string, stackName: string): CallAnswer<readonly Fault[]>;
}>;

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
  const faults = events.value.filter(({ failed, reason }) => failed && reason !== "");
  if (faults.length === 0) return asReported;
  const more = faults.length > MAX_FAULTS ? [`and ${faults.length - MAX_FAULTS} more`] : [];
  return {
    message: [...faults.slice(0, MAX_FAULTS).map(wordsOf), ...more].join("; "),
    details: changeSet.reason,
  };
};

const withRight = (
  reason: RefusalReason,
  answer: Result<unknown, OperationFailure>,
  action: string,
): RefusalReason =>
  !answer.ok && answer.failure.kind === "denied"
    ? { ...reason, details: `Stackcast is not allowed to read the reason: grant it cloudformation:${action}` }
    : reason;

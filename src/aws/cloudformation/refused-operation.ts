/**
 * A refusal of AWS's becomes the failure that tells what to do next. CloudFormation has codes for some of them; for the
 * others, as for a stack in the wrong state, only its words tell.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { failed } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";

type Refusal = Extract<LookupFailure, { kind: "rejected" }>;

const EXISTS: ReadonlySet<string> = new Set([
  "AlreadyExistsException",
  "InvalidKeyPair.Duplicate",
  "NameAlreadyExistsException",
]);

const QUOTA: ReadonlySet<string> = new Set([
  "KeyPairLimitExceeded",
  "LimitExceeded",
  "LimitExceededException",
  "ResourceLimitExceeded",
]);

const WRONG_STATE: ReadonlySet<string> = new Set([
  "InvalidChangeSetStatus",
  "InvalidChangeSetStatusException",
  "InvalidOperationException",
  "OperationInProgressException",
]);

/** "is in X state", "while in status X", "in its current status of [X]". */
const STATUS = /\b(?:is in|in status|status of) \[?([A-Z][A-Z_]{3,})\]?/;

/** Each pattern is of a whole message of AWS's; those that were recorded are in test/aws/refused-operation.test.ts. */
const SAYS_WRONG_STATE = [
  /^Stack:\S+ is in [A-Z_]+ state and can ?not /,
  /\bcan(?:not| not) be (?:deleted|updated|rolled back) while in status [A-Z_]+$/,
  /^CancelUpdateStack cannot be called from current stack status$/,
];

/** "Requires capabilities : [CAPABILITY_IAM]" */
const capabilitiesIn = (message: string): string[] => message.match(/\bCAPABILITY_[A-Z_]+/g) ?? [];

const ofValidation = (message: string): OperationFailure | undefined => {
  if (/^No updates are to be performed\.?$/.test(message)) return { kind: "unchanged", message };
  if (/\balready exists and cannot be created again\b/.test(message)) return { kind: "exists", message };
  if (/\bcannot be deleted while TerminationProtection is enabled$/.test(message))
    return { kind: "protected", message };
  if (SAYS_WRONG_STATE.some((pattern) => pattern.test(message)))
    return { kind: "wrong-state", status: STATUS.exec(message)?.[1] ?? "", message };
  return undefined;
};

const operationFailureOf = (refusal: Refusal): OperationFailure => {
  const { code, message } = refusal;
  if (EXISTS.has(code)) return { kind: "exists", message };
  if (QUOTA.has(code)) return { kind: "quota", message };
  if (WRONG_STATE.has(code)) return { kind: "wrong-state", status: STATUS.exec(message)?.[1] ?? "", message };
  if (code === "InsufficientCapabilitiesException" || code === "InsufficientCapabilities")
    return { kind: "capabilities", needed: capabilitiesIn(message), message };
  if (code === "TokenAlreadyExistsException" || code === "TokenAlreadyExists")
    return { kind: "token-used", message };
  return (code === "ValidationError" ? ofValidation(message) : undefined) ?? refusal;
};

/** The outcome of a call that changes something, its refusals told apart. */
export const operationOutcome = <Value>(
  answer: Result<Value, LookupFailure>,
): Result<Value, OperationFailure> =>
  answer.ok || answer.failure.kind !== "rejected" ? answer : failed(operationFailureOf(answer.failure));

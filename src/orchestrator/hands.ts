/** What an orchestrated run reaches AWS with, and how it deals with what AWS refuses. */
import { changeSets, type ChangeSets } from "../aws/cloudformation/change-sets.ts";
import { awsSession } from "../aws/identity/session.ts";
import { stackOperations, type StackOperations } from "../aws/cloudformation/stack-operations.ts";
import type { Fact, Start } from "../domain/run/desk-calls.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-events.ts";
import type { Result } from "../protocol/result.ts";
import type { Settings } from "../settings.ts";

/** CloudFormation in one region. */
type RegionHands = Readonly<{ operations: StackOperations; changeSets: ChangeSets }>;

export type Hands = Readonly<{
  in(region: string): RegionHands;
  /** Lets CloudFormation work for a moment. */
  pause(milliseconds: number): Promise<void>;
  /** Unix milliseconds. */
  now(): number;
}>;

/** What the deployment is asked and told of one stack. */
export type StackDesk = Readonly<{
  start(start: Start): Promise<boolean>;
  note(fact: Fact): Promise<void>;
}>;

/**
 * How an action left things: something has changed that the next turn goes on with; a tracker tells how it ends; or it
 * has to be looked at again in a moment.
 */
export type Outcome = "again" | "wait" | "pending";

/** The hands of the Worker's own credentials. */
export const handsOf = ({ aws }: Settings): Hands => {
  const known = new Map<string, RegionHands>();
  return {
    in(region) {
      const session = awsSession({ ...aws.credentials, region, endpoints: aws.endpoints });
      const hands = known.get(region) ?? {
        operations: stackOperations(session),
        changeSets: changeSets(session),
      };
      known.set(region, hands);
      return hands;
    },
    pause: (milliseconds) => scheduler.wait(milliseconds),
    now: () => Date.now(),
  };
};

/** Failures that pass by themselves: thrown, so that the workflow makes its step again. */
const PASSING: ReadonlySet<OperationFailure["kind"]> = new Set([
  "throttled",
  "unavailable",
  "network",
  "bad-answer",
]);

/** AWS refuses whoever asks, whatever he asks: thrown as what passes is, but not for as long, see `patience.ts`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly detail: ErrorDetail;

  constructor(detail: ErrorDetail) {
    super(`AWS refuses to be asked: ${detail.code}`);
    this.detail = detail;
  }
}

/** The answer, unless AWS could not be asked just now. */
export const settled = <Value>(answer: Result<Value, OperationFailure>): Result<Value, OperationFailure> => {
  if (answer.ok) return answer;
  const { kind } = answer.failure;
  if (kind === "credentials") throw new Refused(refusalOf(answer.failure));
  if (PASSING.has(kind)) throw new Error(`AWS could not be asked: ${kind}`);
  return answer;
};

/** As `settled`, for looks at what may be under way: who may not look has not seen that nothing is there. */
export const looked = <Value>(answer: Result<Value, OperationFailure>): Result<Value, OperationFailure> => {
  if (!answer.ok && answer.failure.kind === "denied") throw new Refused(refusalOf(answer.failure));
  return settled(answer);
};

/** A refusal of AWS's, as the deployment tells it. */
export const refusalOf = (failure: OperationFailure): ErrorDetail => {
  switch (failure.kind) {
    case "exists":
      return { code: "STACK_EXISTS", message: failure.message };
    case "unchanged":
      return { code: "NO_CHANGES", message: failure.message };
    case "capabilities":
      return {
        code: "MISSING_CAPABILITIES",
        message: failure.message,
        details: `Add ${failure.needed.join(", ")} to the stack's capabilities`,
      };
    case "wrong-state":
      return { code: failure.status || "WRONG_STATE", message: failure.message };
    case "protected":
      return {
        code: "TERMINATION_PROTECTION",
        message: failure.message,
        details: "Switch the stack's termination protection off, then try again",
      };
    case "token-used":
      return { code: "TOKEN_USED", message: failure.message };
    case "quota":
      return { code: "AWS_QUOTA", message: failure.message };
    case "missing":
      return { code: "STACK_NOT_FOUND", message: failure.message };
    case "denied":
      return {
        code: "AWS_ACCESS_DENIED",
        message: failure.message,
        details: "Give the credentials this right, then retry",
      };
    case "rejected":
      return { code: "AWS_REJECTED", message: failure.message };
    case "credentials":
      return {
        code: "AWS_CREDENTIALS",
        message: `AWS refuses the credentials that Stackcast has: ${failure.message} (${failure.code})`,
        details: "Give Stackcast credentials that AWS accepts, then retry",
      };
    case "throttled":
      return { code: "AWS_THROTTLED", message: "CloudFormation is asked too often" };
    case "unavailable":
    case "network":
    case "bad-answer":
      return UNREACHABLE;
  }
};

/** For what could not be asked however often it was tried. */
export const UNREACHABLE: ErrorDetail = {
  code: "AWS_UNREACHABLE",
  message: "CloudFormation could not be asked for minutes",
  details: "Retry when it answers again",
};

/** Tells that the stack has failed. */
export const failing = async (desk: StackDesk, error: ErrorDetail): Promise<Outcome> => {
  await desk.note({ kind: "failed", error });
  return "again";
};

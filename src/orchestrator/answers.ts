/** What a step does with AWS's answers: what passes by itself is asked again, and who is refused is patient for a while. */
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import { errorDetailOf, passesByItself } from "../domain/failure/aws-failures.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import type { Result } from "../protocol/result.ts";

/** AWS refuses whoever asks, whatever he asks: thrown as what passes is, but not for as long, see `patience.ts`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly detail: ErrorDetail;

  constructor(detail: ErrorDetail) {
    super(`AWS refuses the call: ${detail.code}`);
    this.detail = detail;
  }
}

/** The answer, unless AWS could not be asked just now. */
export const settled = <Value>(answer: Result<Value, OperationFailure>): Result<Value, OperationFailure> => {
  if (answer.ok) return answer;
  const { kind } = answer.failure;
  if (kind === "credentials" || kind === "unknown-account") throw new Refused(errorDetailOf(answer.failure));
  // The workflow makes its step again.
  if (passesByItself(kind)) throw new Error(`AWS could not be reached: ${kind}`);
  return answer;
};

/** As `settled`, for looks at what may be under way: who may not look has not seen that nothing is there. */
export const looked = <Value>(answer: Result<Value, OperationFailure>): Result<Value, OperationFailure> => {
  if (!answer.ok && answer.failure.kind === "denied") throw new Refused(errorDetailOf(answer.failure));
  return settled(answer);
};

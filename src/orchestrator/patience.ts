/**
 * How long one step of the workflow puts up with an AWS that does not do what it is asked: with one that is away for
 * minutes, with one that refuses whoever asks for as long as new keys or rights may take to be known everywhere.
 */
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { Refused } from "./answers.ts";

/** For steps that ask AWS. */
export const PATIENT = {
  retries: { limit: 12, delay: "5 seconds", backoff: "linear" },
  timeout: "3 minutes",
} as const;

/** Refusals in a row that one step puts up with: at its waits, those of most of a minute. */
const MAX_REFUSALS = 5;

/** What a try brought, or as what AWS refuses for good; throws if it is to be made again. */
type Try = <Value>(work: () => Promise<Value>) => Promise<Result<Value, ErrorDetail>>;

/** For all tries of one step. One that was begun again after a crash counts again. */
export const patienceOfStep = (): Try => {
  let refusals = 0;
  return async (work) => {
    try {
      return success(await work());
    } catch (error) {
      refusals = error instanceof Refused ? refusals + 1 : 0;
      if (error instanceof Refused && refusals >= MAX_REFUSALS) return failed(error.detail);
      throw error;
    }
  };
};

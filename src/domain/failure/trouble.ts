/**
 * Trouble with AWS: what is said of it, and when asking is given up. Throttling is never told, contact that is lost
 * is told after three polls in a row, and what no patience mends is told at once.
 */
import type { FailureCode } from "../../protocol/failure.ts";
import { isOptIn } from "../../protocol/partitions.ts";
import type { LookupFailure } from "./lookup-failure.ts";

/** Trouble as it lasts: it begins with the first failed poll of its kind and ends with a good one. */
export type Trouble = Readonly<{
  kind: LookupFailure["kind"];
  /** Unix milliseconds of its first poll. */
  since: number;
  /** Failed polls in a row. */
  polls: number;
  /** Viewers were told. */
  told: boolean;
  /** Polling was given up; the next viewer tries again. */
  gaveUp: boolean;
}>;

/** What viewers are told of a trouble: never AWS's own words, which may hold names and keys. */
type Telling = Readonly<{ code: FailureCode; message: string; retryable: boolean }>;

const TELLINGS: Readonly<Record<LookupFailure["kind"], Telling>> = {
  missing: {
    code: "STACK_NOT_FOUND",
    message: "There is no stack of this name in this region",
    retryable: false,
  },
  credentials: {
    code: "AWS_CREDENTIALS",
    message: "AWS does not accept the credentials: they are wrong or have expired",
    retryable: false,
  },
  denied: {
    code: "AWS_ACCESS_DENIED",
    message: "The credentials are not allowed to read this stack",
    retryable: false,
  },
  rejected: { code: "AWS_REJECTED", message: "CloudFormation refused the request", retryable: false },
  throttled: {
    code: "AWS_THROTTLED",
    message: "CloudFormation throttles Stackcast's calls",
    retryable: true,
  },
  unavailable: {
    code: "AWS_UNREACHABLE",
    message: "CloudFormation answers with server errors",
    retryable: true,
  },
  network: { code: "AWS_UNREACHABLE", message: "CloudFormation cannot be reached", retryable: true },
  "bad-answer": {
    code: "AWS_BAD_ANSWER",
    message: "CloudFormation's answer could not be parsed",
    retryable: true,
  },
};

/** `region`: where AWS was asked; an account has to enable some before they know its credentials. */
export const tellingOf = (kind: LookupFailure["kind"], region = ""): Telling => {
  const telling = TELLINGS[kind];
  if (kind !== "credentials" || !isOptIn(region)) return telling;
  return {
    ...telling,
    message: `${telling.message}, or the region ${region} is not enabled for the account`,
  };
};

/** Contact is lost after so many failed polls in a row. */
const POLLS_UNTIL_LOST = 3;

/** How long refusals are answered by asking again, in milliseconds. */
const REFUSED_FOR = 60_000;

/** The trouble after a poll that failed. `waitSeconds`: how long a stack may be missing. */
export const troubleAfter = (
  before: Trouble | undefined,
  failure: LookupFailure,
  now: number,
  waitSeconds: number,
): Trouble => {
  const same = before && tellingOf(before.kind).code === tellingOf(failure.kind).code ? before : undefined;
  const since = same?.since ?? now;
  const polls = (same?.polls ?? 0) + 1;
  const waited = now - since;
  const told = same?.told ?? false;
  switch (failure.kind) {
    case "throttled":
      return { kind: failure.kind, since, polls, told: false, gaveUp: false };
    case "missing": {
      const over = waited >= waitSeconds * 1000;
      return { kind: failure.kind, since, polls, told: over, gaveUp: over };
    }
    case "credentials":
    case "denied":
    case "rejected":
      return { kind: failure.kind, since, polls, told: true, gaveUp: waited >= REFUSED_FOR };
    case "unavailable":
    case "network":
    case "bad-answer":
      return { kind: failure.kind, since, polls, told: told || polls >= POLLS_UNTIL_LOST, gaveUp: false };
  }
};

/**
 * Trouble with AWS: what is said of it, and when asking is given up. Throttling is never reported, contact that is lost
 * is reported after three polls in a row, and what no patience fixes is reported at once.
 */
import type { FailureCode } from "../../protocol/failure.ts";
import { natureOf, passesByItself, shownFailureOf } from "./aws-failures.ts";
import type { LookupFailure } from "./lookup-failure.ts";

/** Trouble as it lasts: it begins with the first failed poll of its kind and ends with a good one. */
export type Trouble = Readonly<{
  kind: LookupFailure["kind"];
  /** Unix milliseconds of its first poll. */
  since: number;
  /** Failed polls in a row. */
  polls: number;
  /** It was reported to viewers. */
  told: boolean;
  /** Polling was given up; the next viewer tries again. */
  gaveUp: boolean;
}>;

/** What viewers see of a trouble. */
type Telling = Readonly<{ code: FailureCode; message: string; retryable: boolean }>;

/** `region`: where AWS was asked. */
export const tellingOf = (kind: LookupFailure["kind"], region?: string): Telling => ({
  ...shownFailureOf(kind, { service: "CloudFormation", purpose: "read this stack", region }),
  retryable: passesByItself(kind),
});

/** Contact is lost after so many failed polls in a row. */
export const POLLS_UNTIL_LOST = 3;

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
  const reported = same?.told ?? false;
  switch (natureOf(failure.kind)) {
    case "rate":
      return { kind: failure.kind, since, polls, told: false, gaveUp: false };
    case "missing": {
      const over = waited >= waitSeconds * 1000;
      return { kind: failure.kind, since, polls, told: over, gaveUp: over };
    }
    case "refused":
      return { kind: failure.kind, since, polls, told: true, gaveUp: waited >= REFUSED_FOR };
    case "away":
      return { kind: failure.kind, since, polls, told: reported || polls >= POLLS_UNTIL_LOST, gaveUp: false };
  }
};

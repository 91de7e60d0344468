/** What a check says of one thing that it has tried. */
import type { TriedRight } from "../../aws/install/rights-check.ts";
import { passesByItself } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";

/** AWS's own words, for whoever looks after the install. */
export const reasonOf = (failure: LookupFailure): string => {
  if ("message" in failure)
    return "code" in failure ? `${failure.code}: ${failure.message}` : failure.message;
  return "code" in failure ? failure.code : `HTTP ${failure.status}`;
};

export const problem = (name: string, failure: LookupFailure, remedy: string): AccountFinding => ({
  name,
  ok: false,
  evidence: reasonOf(failure),
  mend: passesByItself(failure.kind) ? "try again when AWS answers" : remedy,
});

/** Rights that may be left out: what is missing, and what that costs. */
export const optionalFinding = (
  name: string,
  tried: readonly TriedRight[],
  without: string,
): AccountFinding => {
  const missing = tried.flatMap(({ right, failure }) => (failure ? [right] : []));
  const evidence =
    missing.length === 0 ? "allowed" : `${without}: there is no right to ${missing.join(", ")}`;
  return { name, ok: true, evidence };
};

/** What is known of a far end that refuses: AWS's own code, and its words for the log. */
import type { LookupFailure } from "./lookup-failure.ts";

export const refusalOf = (failure: LookupFailure): Readonly<{ code: string; evidence: string }> => ({
  code: "code" in failure ? failure.code : failure.kind,
  evidence: "message" in failure ? failure.message : failure.kind,
});

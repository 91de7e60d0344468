/** What AWS's reasons mean for whoever waits: beside `reason-hint.ts` the one place where their wording decides anything. */
import type { ReasonSign } from "../../domain/estimate/advice.ts";

const SIGNS: readonly (readonly [RegExp, ReasonSign])[] = [
  [/content of dns record/i, "awaits-dns"],
  [/codedeploy deployment/i, "shifts-traffic"],
  [/^export .* cannot be (?:deleted|updated) as it is in use/i, "export-in-use"],
  [/bucket you tried to delete is not empty|BucketNotEmpty/i, "not-empty"],
  [/rate exceeded|\bThrottling(?:Exception)?\b|TooManyRequests/i, "throttled"],
  [/DependencyViolation|has a dependent object|has dependencies and cannot be deleted/i, "in-use"],
];

export const reasonSignOf = (reason: string): ReasonSign | undefined =>
  reason === "" ? undefined : SIGNS.find(([pattern]) => pattern.test(reason))?.[1];

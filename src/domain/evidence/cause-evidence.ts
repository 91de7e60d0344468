/** A cause together with what was found out about it. */
import type { Evidence } from "../../protocol/evidence.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";

/** What was found of one cause. `reason`: what stands where AWS's own reason only points to. */
export type CauseEvidence = Readonly<{ of: string; entries: readonly Evidence[]; reason?: string }>;

/** A cause is the same as long as it is of the same resource and time. */
export const causeKeyOf = ({ stackId, logicalId, timestamp }: Cause): string =>
  `${stackId} ${logicalId} ${timestamp}`;

/** The same cause where nothing more is known. */
export const causeWith = (cause: Cause, found: CauseEvidence | undefined): Cause => {
  if (found?.of !== causeKeyOf(cause)) return cause;
  const { entries, reason = cause.reason } = found;
  if (entries.length === 0) return reason === cause.reason ? cause : { ...cause, reason };
  return { ...cause, reason, evidence: [...entries] };
};

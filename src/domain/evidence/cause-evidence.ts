/** A cause together with what was found out about it. */
import type { Evidence } from "../../protocol/evidence.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";

/** What was found of one cause. */
export type CauseEvidence = Readonly<{ of: string; entries: readonly Evidence[] }>;

/** A cause is the same as long as it is of the same resource and time. */
export const causeKeyOf = ({ stackId, logicalId, timestamp }: Cause): string =>
  `${stackId} ${logicalId} ${timestamp}`;

export const causeWith = (cause: Cause, found: CauseEvidence | undefined): Cause =>
  found && found.entries.length > 0 && found.of === causeKeyOf(cause)
    ? { ...cause, evidence: [...found.entries] }
    : cause;

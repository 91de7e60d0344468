/** A stack's own events folded into what it is doing: the change, its clean-up or its rollback. */
import { beginsAttempt } from "./attempt.ts";
import type { StackEvent } from "./stack-event.ts";
import type { OwnStatus, Phase } from "./stack-state.ts";
import { isCleanupStatus, isRollbackStatus, operationBegunBy } from "./statuses.ts";

export const UNKNOWN_STATUS: OwnStatus = {
  status: "",
  statusAt: "",
  kind: "unknown",
  phase: "forward",
  phaseAt: "",
};

/** What the stack is doing after its own event. */
export const ownStatusAfter = (before: OwnStatus, event: StackEvent): OwnStatus => {
  // One that became visible late takes nothing back.
  if (event.timestamp < before.statusAt) return before;
  const begun = operationBegunBy(event.status);
  const begins = beginsAttempt(before, event);
  const phase = begins ? "forward" : phaseAfter(before, event.status);
  return {
    status: event.status,
    statusAt: event.timestamp,
    operationId: event.operationId,
    clientRequestToken: event.clientRequestToken,
    kind: begun && (begins || before.kind === "review") ? begun : before.kind,
    phase,
    phaseAt: begins || phase !== before.phase ? event.timestamp : before.phaseAt,
  };
};

/** The phase after an own event that begins no attempt. */
export const phaseAfter = (before: Pick<OwnStatus, "kind" | "phase">, status: string): Phase => {
  if (isRollbackStatus(status)) return "rollback";
  // A delete that begins no attempt takes back a failed create.
  if (status === "DELETE_IN_PROGRESS" && before.kind !== "delete") return "rollback";
  return isCleanupStatus(status) && before.phase === "forward" ? "cleanup" : before.phase;
};

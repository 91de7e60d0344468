/** Meaning that AWS gives in prose only: the one place where a status reason's wording decides anything. */
import type { ReasonHint } from "../../domain/stack/stack-event.ts";

/** What a status reason means beyond its words; undefined for an ordinary one. */
export const reasonHintOf = (reason: string, status: string): ReasonHint | undefined => {
  if (/^resource (?:creation|update|deletion|import) cancell?ed/i.test(reason)) return "cancelled";
  if (reason.startsWith("Embedded stack ")) return "embedded";
  if (status === "DELETE_IN_PROGRESS" && /delete requested by user|failed to create/i.test(reason)) {
    return "given-up";
  }
  if (/^user (?:initiated|cancell?ed)/i.test(reason) && status.endsWith("ROLLBACK_IN_PROGRESS")) {
    return "user-requested";
  }
  if (/^the following resource\(s\) failed to /i.test(reason)) return "listing";
  if (!status.endsWith("_COMPLETE")) return undefined;
  if (reason.includes("One or more resources could not be deleted")) return "orphans";
  return /express mode/i.test(reason) ? "stabilising" : undefined;
};

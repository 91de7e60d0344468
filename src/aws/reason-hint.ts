/** Meaning that AWS gives in prose only: the one place where a status reason's wording decides anything. */
import type { ReasonHint } from "../domain/stack-event.ts";

/** What a status reason means beyond its words; undefined for an ordinary one. */
export const reasonHintOf = (reason: string, status: string): ReasonHint | undefined => {
  if (/^resource (?:creation|update|deletion|import) cancell?ed/i.test(reason)) return "cancelled";
  if (reason.startsWith("Embedded stack ")) return "embedded";
  if (status.endsWith("_COMPLETE") && reason.includes("One or more resources could not be deleted")) {
    return "orphans";
  }
  return undefined;
};

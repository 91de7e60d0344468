/** What was found out about a failure while it could still be seen: a rollback deletes logs, tasks and resources. */
import * as z from "zod";

const evidenceSources = ["events", "hook", "function-log", "ecs", "cloudtrail"] as const;

/** Most pieces, and the most characters of one. */
export const MOST_EVIDENCE = 20;
export const MOST_EVIDENCE_TEXT = 1_000;

export const evidenceSchema = z.object({
  source: z.enum(evidenceSources),
  /** ISO 8601 UTC. */
  at: z.string().max(64),
  /** Keys, tokens and passwords are struck out. */
  text: z.string().max(MOST_EVIDENCE_TEXT),
  /** Where AWS's console shows it. */
  url: z.string().max(2_048).optional(),
});

export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;

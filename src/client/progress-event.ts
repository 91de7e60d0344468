/** An orchestrator's events as the seeds' emitter takes them, and how loud each is in a log. */
import type { IngestEnvelope } from "../protocol/deployment-requests.ts";

/** The seeds' ProgressEvent; `data.environment` belongs to its address. An `id` that came before changes nothing. */
export type ProgressEvent = Readonly<{
  type: string;
  timestamp: string;
  deploymentId: string;
  data: Readonly<{ environment: string; [field: string]: unknown }>;
  id?: string;
}>;

/** An event as the server takes it. */
export const envelopeOf = (event: ProgressEvent, id: string): IngestEnvelope => ({ ...event, id });

/** Whether a later event makes it void, so that it may be lost. */
export const isTransient = (type: string): boolean =>
  type === "deployment_progress" || type === "stack_progress";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** The seeds' table of levels. */
export const levelOf = (type: string): LogLevel => {
  if (type.endsWith("_failed")) return "error";
  if (type.endsWith("_skipped") || type.includes("_roll") || type.endsWith("_cancelled")) return "warn";
  return type.startsWith("resource_") || isTransient(type) ? "debug" : "info";
};

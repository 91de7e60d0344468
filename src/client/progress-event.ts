/** An orchestrator's events as the seeds' emitter takes them, and how loud each is in a log. */
import { EVENT_LEVELS } from "../domain/words/levels.ts";
import type { LogEntry } from "../protocol/deployment/deployment-progress.ts";
import type { IngestEnvelope } from "../protocol/deployment/deployment-requests.ts";

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

export type LogLevel = LogEntry["level"];

const isKept = (type: string): type is keyof typeof EVENT_LEVELS => Object.hasOwn(EVENT_LEVELS, type);

/** The level of a type of event; what is transient, or nobody knows, is for whoever looks closely. */
export const logLevelOf = (type: string): LogLevel => (isKept(type) ? EVENT_LEVELS[type] : "debug");

/** An event of a channel as a line for CloudWatch Logs: one JSON object with the seeds' level, and where it goes. */
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import type { ResourceUpdate, StackComplete, StackFrame } from "../../protocol/stack/stack-frames.ts";
import { clipped } from "./alert-text.ts";
import { causeText, leftText, logLineOf } from "./log-line.ts";
import { outcomeMeant } from "../stack/operation/stack-end.ts";
import { isRollbackStatus, standingOf } from "../stack/statuses.ts";

/** The seeds' levels. */
type Level = "DEBUG" | "INFO" | "WARN" | "ERROR";

/** Group, behind the prefix of all, and stream of a line. */
export type LinePlace = Readonly<{ group: string; stream: string }>;

export type ShippedLine = Readonly<{
  level: Level;
  timestamp: string;
  type: string;
  /** For people. */
  message: string;
  channel: string;
  offset: number;
  deploymentId?: string;
  environment?: string;
  stack?: string;
  user?: string;
  /** The frame without its envelope, and without what stands above. */
  data: Readonly<Record<string, unknown>>;
}>;

/** Reasons may be long, and are in `data` whole. */
const MOST_MESSAGE = 2_000;

const LEVELS = { debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR" } as const;

/** Logs are kept by the day of the event, in UTC. */
const dayOf = (timestamp: string): string => timestamp.slice(0, 10);

/** A deployment's event; `user`: on whose behalf the run was begun. */
export const deploymentLineOf = (
  event: DeploymentEvent,
  { channel, offset, user }: Readonly<{ channel: string; offset: number; user: string | undefined }>,
): ShippedLine => {
  const { level, message } = logLineOf(event);
  const { deploymentId, environment, ...data } = event.data;
  return {
    level: LEVELS[level],
    timestamp: event.timestamp,
    type: event.type,
    message: clipped(message, MOST_MESSAGE),
    channel,
    offset,
    deploymentId,
    environment,
    ...("stack" in data && { stack: data.stack }),
    ...(user !== undefined && { user }),
    data,
  };
};

/** Where a deployment's lines go. */
export const deploymentPlaceOf = ({ timestamp, data }: DeploymentEvent): LinePlace => ({
  group: data.deploymentId,
  stream: `deploy-${data.environment}-${dayOf(timestamp)}`,
});

/** The event of a stack on its own. */
export const stackLineOf = (frame: StackFrame, { stackName }: StackAddress): ShippedLine => {
  const { type, timestamp, channel, offset, ...data } = frame;
  const { level, message } = stackLogLineOf(frame);
  return {
    level: LEVELS[level],
    timestamp,
    type,
    message: clipped(message, MOST_MESSAGE),
    channel,
    offset,
    stack: stackName,
    data,
  };
};

/** Where the lines of a stack on its own go. */
export const stackPlaceOf = ({ timestamp }: StackFrame, { region, stackName }: StackAddress): LinePlace => ({
  group: `stacks/${region}/${stackName}`,
  stream: `deploy-${dayOf(timestamp)}`,
});

/** An event of a stack on its own as a line of a log. */
export const stackLogLineOf = (frame: StackFrame): Omit<LogEntry, "timestamp"> =>
  frame.type === "resource_update" ? resourceLine(frame) : endLine(frame);

const resourceLine = ({ resource }: ResourceUpdate): Omit<LogEntry, "timestamp"> => {
  const { path, type, status, reason } = resource;
  const isWarning = isRollbackStatus(status) || status === "DELETE_SKIPPED";
  return {
    level: standingOf(status) === "failed" ? "error" : isWarning ? "warn" : "info",
    message: `${status} ${type} (${path})${reason === "" ? "" : `: ${reason}`}`,
  };
};

/** The seeds' level of a stack's end. */
export const levelOfEnd = (end: Pick<StackComplete, "outcome" | "cause">): LogEntry["level"] => {
  const outcome = outcomeMeant(end);
  if (outcome === "deployed" || outcome === "deleted") return "info";
  return outcome === "deployed_with_orphans" ? "warn" : "error";
};

const endLine = (end: StackComplete): Omit<LogEntry, "timestamp"> => {
  const { stack, durationSeconds, cause, rollbackCause } = end;
  const why = cause ? `: ${causeText(cause)}` : "";
  const blocked = rollbackCause ? `; rollback blocked by ${causeText(rollbackCause)}` : "";
  const how = outcomeMeant(end);
  return {
    level: levelOfEnd(end),
    message: `Stack ${stack.name} ${how} (${Math.round(durationSeconds)}s)${why}${blocked}${leftText(end)}`,
  };
};

/** An event of a channel as a line for CloudWatch Logs: one JSON object with the seeds' level, and where it goes. */
import { stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { clipped } from "./alert-text.ts";
import { eventWordsOf } from "./event-words.ts";
import { lineOfWords } from "./worded-event.ts";
import { stackWordsOf } from "./stack-words.ts";

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
  const words = eventWordsOf(event);
  const { deploymentId, environment, ...data } = event.data;
  return {
    level: LEVELS[words.level],
    timestamp: event.timestamp,
    type: event.type,
    message: clipped(lineOfWords(words), MOST_MESSAGE),
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
  const words = stackWordsOf(frame);
  return {
    level: LEVELS[words.level],
    timestamp,
    type,
    message: clipped(lineOfWords(words), MOST_MESSAGE),
    channel,
    offset,
    stack: stackName,
    data,
  };
};

/** Where the lines of a stack on its own go. */
export const stackPlaceOf = ({ timestamp }: StackFrame, address: StackAddress): LinePlace => ({
  group: stackChannelOf(address),
  stream: `deploy-${dayOf(timestamp)}`,
});

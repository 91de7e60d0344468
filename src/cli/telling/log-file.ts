/**
 * A log of a run in a file: every event with its time, level and stack, and a report at the end. A file that cannot be
 * written is reported once and costs nothing else.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import { eventWordsOf } from "../../domain/words/event-words.ts";
import { stackWordsOf } from "../../domain/words/stack-words.ts";
import {
  placeTextOf,
  type DeploymentAddress,
  type StackAddress,
} from "../../protocol/connection/channel-names.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import { cleanText } from "../display/text/clean-text.ts";
import type { FollowingEnd } from "../following/ending.ts";
import { FreshFrames } from "../following/fresh-frames.ts";
import type { Teller } from "../following/teller.ts";

const two = (value: number): string => String(value).padStart(2, "0");

/** `<what>-YYYY-MM-DD-HH-MM.log`, in UTC. */
const fileName = (what: string, now: Date): string => {
  const date = now.toISOString().slice(0, 10);
  return `${what}-${date}-${two(now.getUTCHours())}-${two(now.getUTCMinutes())}.log`;
};

/** Where the log of a deployment belongs; a folder that is given takes it as it is. */
export const logFileOf = (
  { deploymentId, environment }: DeploymentAddress,
  now: Date,
  cwd: string,
  folder: string = join("deploy", deploymentId, "logs"),
): string => resolve(cwd, folder, fileName(`deploy-${environment}`, now));

/** The log of a stack on its own, in a folder that is given. */
export const stackLogFileOf = (
  { stackName, ...place }: StackAddress,
  now: Date,
  cwd: string,
  folder: string,
): string =>
  resolve(cwd, folder, fileName(`stack-${placeTextOf(place).replace("/", "-")}-${stackName}`, now));

const isOfDeployment = (frame: ChannelFrame): frame is DeploymentFrame => "data" in frame;

/** Runs that begin within the same minute share a file: each has its heading there. */
const headingOf = (frame: ChannelFrame): readonly string[] =>
  frame.type === "deployment_started"
    ? [`--- Run${frame.data.run === undefined ? "" : ` ${frame.data.run}`}, started ${frame.timestamp} ---`]
    : [];

const levelText = (level: LogEntry["level"]): string => level.toUpperCase().padEnd(5);

/** An event as a line. */
const logTextOf = (frame: ChannelFrame): string => {
  const { level, subject, text } = isOfDeployment(frame) ? eventWordsOf(frame) : stackWordsOf(frame);
  const about = subject === undefined ? "" : `[${subject}] `;
  return cleanText(`${frame.timestamp} ${levelText(level)} ${about}${text}`);
};

export type LogFileOptions = Readonly<{
  file: string;
  /** The final report, line by line. */
  reportOf: (ending: FollowingEnd) => readonly string[];
  /** Reported once, if the file cannot be written. */
  failed: (message: string) => void;
}>;

/** Each event is written once in its epoch. */
export const logFile = ({ file, reportOf, failed }: LogFileOptions): Teller => {
  let isWritable = true;
  const fresh = new FreshFrames();

  const write = (lines: readonly string[]): void => {
    if (!isWritable || lines.length === 0) return;
    try {
      appendFileSync(file, `${lines.join("\n")}\n`);
    } catch (error) {
      isWritable = false;
      failed(`the log ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch {
    // Writing tells why.
  }

  return {
    reset: ({ epoch }) => fresh.reset(epoch),
    events: (frames) => write(fresh.of(frames).flatMap((frame) => [...headingOf(frame), logTextOf(frame)])),
    trouble: (message) => write([`${new Date().toISOString()} WARN  ${cleanText(message)}`]),
    ended: (ending) => write([...reportOf(ending)]),
  };
};

/** The durable events of a deployment as lines that can be filtered: each is put into words once, when it comes. */
import { signal } from "@preact/signals";
import { eventWordsOf } from "../../domain/words/event-words.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";

/** An event as a line. */
export type LogLine = Readonly<{
  offset: number;
  timestamp: string;
  level: LogEntry["level"];
  /** Absent where it is about the whole. */
  stack: string | undefined;
  message: string;
  frame: DeploymentFrame;
}>;

/** Which lines are wanted; empty texts want all. */
export type LineFilter = Readonly<{ text: string; stack: string; level: "" | "warn" | "error" }>;

export const NO_FILTER: LineFilter = { text: "", stack: "", level: "" };

const LEVELS: readonly LogEntry["level"][] = ["debug", "info", "warn", "error"];

/** Whether a line is wanted; `text` is in lower case. */
const isWanted = (line: LogLine, { text, stack, level }: LineFilter): boolean => {
  if (stack !== "" && line.stack !== stack) return false;
  if (level !== "" && LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return false;
  if (text === "") return true;
  return line.message.toLowerCase().includes(text) || (line.stack?.toLowerCase().includes(text) ?? false);
};

/** The lines that a filter lets through; all of them, and no copy, where it lets all through. */
export const linesWanted = (lines: readonly LogLine[], filter: LineFilter): readonly LogLine[] => {
  if (filter.text === "" && filter.stack === "" && filter.level === "") return lines;
  const lower = { ...filter, text: filter.text.toLowerCase() };
  return lines.filter((line) => isWanted(line, lower));
};

export const logLineFor = (frame: DeploymentFrame): LogLine => {
  const { level, subject: stack, text: message } = eventWordsOf(frame);
  return { offset: frame.offset, timestamp: frame.timestamp, level, stack, message, frame };
};

export class ShownLog {
  /** Oldest first; the array grows in place, and `version` tells when. */
  readonly lines: LogLine[] = [];
  readonly version = signal(0);

  clear(): void {
    this.lines.length = 0;
  }

  add(frame: DeploymentFrame): void {
    this.lines.push(logLineFor(frame));
  }

  /** Shows what has come since. */
  show(): void {
    if (this.version.peek() !== this.#shown()) this.version.value = this.#shown();
  }

  /** Different for every state that the lines have been in. */
  #shown(): number {
    return this.lines.at(-1)?.offset ?? 0;
  }
}

/** The log of the page at hand: parts that few open read it. */
export const shownLog = signal<ShownLog | undefined>(undefined);

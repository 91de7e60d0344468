/** An event of any channel in words: its level, its tone, what it is about, and what happened. */
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";

/** How an event is to be taken. */
export type EventTone = "good" | "bad" | "warning" | "neutral" | "active" | "strong" | "quiet";

/** What stands before an event's text where there is room for a symbol; it says the same without any colour. */
export type EventSign = "" | "✓" | "✗" | "↺" | "↷" | "→" | "⏸";

/** An event of any channel in words. */
export type EventWords = Readonly<{
  level: LogEntry["level"];
  tone: EventTone;
  sign: EventSign;
  /** The stack or resource that it is about; undefined: the whole. */
  subject: string | undefined;
  /** What happened, without the subject: `Deployed (120s, 8 resources)`. */
  text: string;
}>;

/** Subject and text in one line: `[network] Deployed (120s)`. */
export const lineOfWords = ({ subject, text }: Pick<EventWords, "subject" | "text">): string =>
  subject === undefined ? text : `[${subject}] ${text}`;

/** An event's words as a piece of a line: the terminal adds its colour. */
import { isLightEvent, type LightEvent } from "../../domain/deployment/resource-node.ts";
import { lightText } from "../../domain/words/light-words.ts";
import { eventWordsOf } from "../../domain/words/event-words.ts";
import { type EventTone } from "../../domain/words/worded-event.ts";
import { stackWordsOf } from "../../domain/words/stack-words.ts";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import { line, piece, type Line, type Tone } from "./text/line.ts";

/** What an event says: of which stack or resource, and whether it is a failure. */
type EventLine = Readonly<{ subject: string | undefined; text: Line; isFailure: boolean }>;

export const TONES: Readonly<Record<EventTone, Tone>> = {
  good: "good",
  bad: "bad",
  warning: "warning",
  neutral: "plain",
  active: "active",
  strong: "strong",
  quiet: "quiet",
};

/** A terminal has room for how long it takes usually, and for when it fails by itself. */
const longText = ({ type, data }: LightEvent): string => {
  const kind = type === "resource_stuck" ? "stuck" : "slow";
  return lightText({ kind, ...data }, `${data.resource.type} (${data.resource.name})`);
};

/** Of any channel: its symbol, a blank and its words; without a symbol its words alone. */
export const eventLine = (frame: ChannelFrame): EventLine => {
  const words = "data" in frame ? eventWordsOf(frame, true) : stackWordsOf(frame);
  const { sign, subject, level } = words;
  const text = "data" in frame && isLightEvent(frame) ? longText(frame) : words.text;
  const tone = TONES[words.tone];
  return {
    subject,
    text: sign === "" ? line(piece(text, tone)) : line(piece(sign, tone), " ", piece(text)),
    isFailure: level === "error",
  };
};

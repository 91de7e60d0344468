/** A stack's events, live. */
import type { Signal } from "@preact/signals";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { lineOfWords } from "../../domain/words/worded-event.ts";
import { stackWordsOf } from "../../domain/words/stack-words.ts";
import { queryValue } from "../address.ts";
import type { LineTone } from "../log/event-row.tsx";
import { LogSheet } from "../log/log-sheet.tsx";
import type { StackFollower } from "./followed-stack.ts";

const toneOf = (frame: StackFrame): LineTone => stackWordsOf(frame).level;

const whole = (frame: StackFrame): string | undefined => {
  const { level, text } = stackWordsOf(frame);
  return level === "error" ? text : undefined;
};

const textOf = (frame: StackFrame) => {
  const { subject = "", text } = stackWordsOf(frame);
  return { about: subject, message: text };
};

const detailOf = (frame: StackFrame) => ({ message: lineOfWords(stackWordsOf(frame)), source: frame });

type LogProps = Readonly<{ followed: StackFollower; following: Signal<boolean> }>;

export const StackLog = ({ followed, following }: LogProps) => {
  const { offset = 0 } = followed.shown.value ?? {};
  const text = queryValue("q").toLowerCase();
  const all = offset === 0 ? [] : followed.lines;
  const lines =
    text === "" ? all : all.filter((frame) => lineOfWords(stackWordsOf(frame)).toLowerCase().includes(text));
  return (
    <LogSheet
      label="Events of the stack"
      all={all}
      lines={lines}
      version={lines.length}
      following={following}
      empty="No events yet"
      toneOf={toneOf}
      textOf={textOf}
      whole={whole}
      detailOf={detailOf}
    />
  );
};

/** One event as a line, which is a link to itself. */
import { timeForm } from "../preferences.ts";
import { now } from "../clock.ts";
import { clockText, exactText } from "../elements/moment.tsx";
import { queryValue, viewHref } from "../address.ts";
import { MiddleCut } from "../elements/middle-cut.tsx";
import type { LineSize } from "./line-size.ts";

/** How a line is drawn: its level, but for what is no trouble though its level says so. */
export type LineTone = "debug" | "info" | "warn" | "error" | "skipped";

type RowProps = Readonly<{
  offset: number;
  timestamp: string;
  tone: LineTone;
  /** What it is about; empty: the whole. */
  about: string;
  message: string;
  size: LineSize;
}>;

export const EventRow = ({ offset, timestamp, tone, about, message, size: { lines, rows } }: RowProps) => {
  const isSelected = queryValue("event") === String(offset);
  const time = clockText(timestamp, timeForm.value === "utc" ? "utc" : "local", now.peek());
  const classes = [
    "log-row",
    tone,
    isSelected ? "selected" : "",
    time.length > 8 ? "dated" : "",
    lines > 1 ? "tall" : "",
  ];
  return (
    <a
      class={classes.filter(Boolean).join(" ")}
      href={viewHref({ event: isSelected ? undefined : offset })}
      aria-current={isSelected}
      data-offset={offset}
      style={lines > 1 ? { "--rows": rows, "--lines": lines } : undefined}
    >
      <time dateTime={timestamp} title={exactText(timestamp)}>
        {time}
      </time>
      <span class="stack-of" title={about}>
        <MiddleCut text={about} />
      </span>
      <span class="message cut" title={message}>
        {(tone === "error" || tone === "warn") && <span class="visually-hidden">{tone}: </span>}
        {message}
      </span>
    </a>
  );
};

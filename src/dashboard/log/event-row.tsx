/** One event as a line, which is a link to itself. */
import { timeForm } from "../preferences.ts";
import { now } from "../clock.ts";
import { clockText, exactText } from "../elements/moment.tsx";
import { queryValue, viewHref } from "../address.ts";

type RowProps = Readonly<{
  offset: number;
  timestamp: string;
  level: "debug" | "info" | "warn" | "error";
  /** What it is about; empty: the whole. */
  about: string;
  message: string;
}>;

export const EventRow = ({ offset, timestamp, level, about, message }: RowProps) => {
  const isSelected = queryValue("event") === String(offset);
  const time = clockText(timestamp, timeForm.value === "utc" ? "utc" : "local", now.peek());
  const classes = ["log-row", level, isSelected ? "selected" : "", time.length > 8 ? "dated" : ""];
  return (
    <a
      class={classes.filter(Boolean).join(" ")}
      href={viewHref({ event: isSelected ? undefined : offset })}
      aria-current={isSelected}
      data-offset={offset}
    >
      <time dateTime={timestamp} title={exactText(timestamp)}>
        {time}
      </time>
      <span class="stack-of cut">{about}</span>
      <span class="message cut">
        {(level === "error" || level === "warn") && <span class="visually-hidden">{level}: </span>}
        {message}
      </span>
    </a>
  );
};

/** A moment in the form that the reader prefers: local, UTC or how long ago; the exact time is always a hover away. */
import { now } from "../clock.ts";
import { timeForm, type TimeForm } from "../preferences.ts";
import { agoText } from "../../domain/words/durations.ts";

const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/** `14:30:05`, with its date in front unless that is today's. */
export const clockText = (iso: string, form: Exclude<TimeForm, "relative">, today: number): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  if (form === "utc") {
    const text = time.toISOString();
    const isToday = text.slice(0, 10) === new Date(today).toISOString().slice(0, 10);
    return isToday ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  }
  const clock = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  if (time.toDateString() === new Date(today).toDateString()) return clock;
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clock}`;
};

/** Both readings of it in full. */
export const exactText = (iso: string): string =>
  `${clockText(iso, "local", 0)} local\n${iso.replace("T", " ").replace("Z", " UTC")}`;

/** How long ago something was, whatever the reader prefers for moments. */
export const Age = ({ at }: Readonly<{ at: string }>) => (
  <time dateTime={at} title={exactText(at)}>
    {agoText((now.value - Date.parse(at)) / 1000)}
  </time>
);

type MomentProps = Readonly<{
  /** ISO 8601. */
  at: string;
  /** A long list does not count on: there the clock is shown even to those who prefer ages. */
  still?: boolean;
}>;

export const Moment = ({ at, still = false }: MomentProps) => {
  const form = timeForm.value;
  const isAge = form === "relative" && !still;
  // Only an age changes by itself; a date does once a day, with the page.
  const text = isAge
    ? agoText((now.value - Date.parse(at)) / 1000)
    : clockText(at, form === "utc" ? "utc" : "local", now.peek());
  return (
    <time dateTime={at} title={exactText(at)}>
      {text}
      {form === "utc" && !still && <span class="quiet"> UTC</span>}
    </time>
  );
};

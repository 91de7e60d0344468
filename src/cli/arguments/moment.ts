/** Moments in the past on a command line: how long ago, such as `2h`, or ISO 8601 with its zone, or a day in UTC. */
import { secondsOf } from "./duration.ts";

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** As ISO 8601 in UTC; undefined if it is no moment. `now`: Unix milliseconds. */
export const momentOf = (text: string, now: number): string | undefined => {
  const seconds = secondsOf(text);
  const time = seconds === undefined ? (ISO.test(text) ? Date.parse(text) : NaN) : now - seconds * 1000;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

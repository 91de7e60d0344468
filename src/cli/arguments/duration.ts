/** Spans of time on a command line: `90s`, `30m`, `2h`, `1d`, or seconds without a unit. */

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Longer than any timer can wait. */
const TOO_LONG_SECONDS = 2_147_483;

/** Seconds; undefined if it is no such span, or one of none or of more than 24 days. */
export const secondsOf = (text: string): number | undefined => {
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  if (number === "") return undefined;
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS];
  return seconds > 0 && seconds <= TOO_LONG_SECONDS ? seconds : undefined;
};

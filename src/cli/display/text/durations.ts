/** Spans of time as people say them, in the seeds' forms. */

const whole = (seconds: number): number => Math.max(0, Math.round(seconds));

const minutesText = (seconds: number): string => {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m ${seconds % 60}s`;
};

/** How long a part took: seconds up to two minutes, as in `120s`; then `5m 30s`, then `2h 5m`. */
export const partText = (seconds: number): string => {
  const rounded = whole(seconds);
  return rounded <= 120 ? `${rounded}s` : minutesText(rounded);
};

/** How long the whole took or has been going on: `45s`, `5m 30s`, `2h 5m`. */
export const wholeText = (seconds: number): string => {
  const rounded = whole(seconds);
  return rounded < 60 ? `${rounded}s` : minutesText(rounded);
};

/** Nobody knows an end to the second: to five seconds up to two minutes, to half a minute up to ten, then to minutes. */
const estimate = (seconds: number): number => {
  const step = seconds <= 120 ? 5 : seconds <= 600 ? 30 : 60;
  return Math.max(step, Math.round(seconds / step) * step);
};

const short = (text: string): string => text.replace(/ 0[sm]$/, "");

/** What a part still needs: `~60s`. */
export const aboutPart = (seconds: number): string => `~${short(partText(estimate(seconds)))}`;

/** What the whole still needs: `~4m 30s`, `~10m`. */
export const aboutWhole = (seconds: number): string => `~${short(wholeText(estimate(seconds)))}`;

/** `1 stack`, `2 stacks`. */
export const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Lengths of time and counts in words, in the seeds' forms: every screen, log and notification uses these. */

/** `120s` up to two minutes; then `5m 30s`; from an hour on `2h 5m`. */
export const durationText = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole <= 120) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}m ${whole % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
};

/** Nobody knows an end to the second: to five seconds up to two minutes, to half a minute up to ten, then to minutes. */
const stepOf = (seconds: number): number => (seconds <= 120 ? 5 : seconds <= 600 ? 30 : 60);

/** An estimate: `~60s`, `~4m 30s`, `~10m`, `~2h`. */
export const estimateText = (seconds: number): string => {
  const step = stepOf(seconds);
  const rounded = Math.max(step, Math.round(seconds / step) * step);
  return `~${durationText(rounded).replace(/ 0[sm]$/, "")}`;
};

/** How long ago: `just now`, `12s ago`, `3h ago`, `2d ago`. */
export const agoText = (seconds: number): string => {
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
};

/** `1 stack`, `2 stacks`. */
export const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `; fails by itself at 14:05 UTC`, which stands for a moment of the next days; empty: nobody knows when. */
export const deadlineText = (failsAt: string | undefined): string =>
  failsAt === undefined ? "" : `; fails by itself at ${failsAt.slice(11, 16)} UTC`;

/** Lengths of time in words, as short as they can be read. */

/** `45s`, `5m 30s`, `2h 05m`. */
export const durationText = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
};

/** An estimate, never to a second that nobody knows: `~10m`, `~40s`. */
export const estimateText = (seconds: number): string => {
  if (seconds < 10) return "a few seconds";
  if (seconds < 90) return `~${Math.round(seconds / 10) * 10}s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `~${minutes}m` : `~${Math.floor(minutes / 60)}h ${minutes % 60}m`;
};

/** How long ago: `just now`, `12s ago`, `3h ago`, `2d ago`. */
export const agoText = (seconds: number): string => {
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h ago`;
  return `${Math.floor(seconds / 86_400)}d ago`;
};

/** How far an operation's duration is from what is usual for its stack. */
import type { StatusKind } from "../../domain/words/status-words.ts";

export type Drift = Readonly<{ text: string; standing: StatusKind }>;

/** From this share of the usual on it is reported. */
const SLOW = 1.5;
const FAST = 0.5;

/** Differences below this say nothing, in seconds. */
const LEAST_SECONDS = 10;

const timesText = (times: number): string => `${times >= 10 ? Math.round(times) : times.toFixed(1)}×`;

/** `isRunning`: it goes on, so that it can only be too slow so far. */
export const driftOf = (seconds: number, usualSeconds: number, isRunning: boolean): Drift => {
  const times = seconds / usualSeconds;
  const isReported = Math.abs(seconds - usualSeconds) >= LEAST_SECONDS;
  if (isReported && times >= SLOW) return { text: `${timesText(times)} the usual`, standing: "failed" };
  if (isReported && times <= FAST && !isRunning)
    return { text: `${timesText(times)} the usual`, standing: "done" };
  return { text: isRunning ? "within the usual" : "as usual", standing: "waiting" };
};

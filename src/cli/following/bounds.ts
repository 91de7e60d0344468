/** What ends following beside what is followed: the time that was given for it, and whoever ends the process. */
import type { FollowingEnd } from "./ending.ts";

export type Bounds = Readonly<{
  /** Absent: as long as it takes. */
  timeoutSeconds?: number | undefined;
  /** The reason is the signal's name. */
  interruption: AbortSignal;
}>;

/** The first of its own end, the time and the signal. */
export const endWithin = async (
  own: PromiseWithResolvers<FollowingEnd>,
  { timeoutSeconds, interruption }: Bounds,
): Promise<FollowingEnd> => {
  const interrupt = (): void =>
    own.resolve({ kind: "interrupted", signal: String(interruption.reason ?? "SIGINT") });
  if (interruption.aborted) interrupt();
  interruption.addEventListener("abort", interrupt);
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => own.resolve({ kind: "timed-out" }), timeoutSeconds * 1000);
  try {
    return await own.promise;
  } finally {
    clearTimeout(timer);
    interruption.removeEventListener("abort", interrupt);
  }
};

/** How often a stack is looked at, as viewers are shown it, and which change of that is worth telling. */
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import { isPushing, type Pace } from "./pace.ts";

type Looks = Readonly<{
  wantedMs: number;
  /** The period that the budget has for it, where that is longer than what was wanted. */
  slowedMs: number;
  allowedPerSecond: number | undefined;
  pace: Pace;
  now: number;
}>;

const secondsOf = (ms: number): number => Math.max(1, Math.round(ms / 1000));

/** A period that differs by less than this part is the same to a viewer. */
const SAME = 0.25;

export const samplingOf = ({ wantedMs, slowedMs, allowedPerSecond, pace, now }: Looks): Sampling => {
  if (slowedMs > wantedMs) {
    const allowed =
      allowedPerSecond === undefined ? {} : { allowedPerSecond: Math.round(allowedPerSecond * 10) / 10 };
    return { periodSeconds: secondsOf(slowedMs), reason: "budget", ...allowed };
  }
  return { periodSeconds: secondsOf(wantedMs), reason: isPushing(pace, now) ? "push" : "quiet" };
};

/** Whether viewers who were reported one are to be reported the other; to go a little faster than is set is no news. */
export const isNewSampling = (reported: Sampling, next: Sampling): boolean => {
  if (reported.reason !== next.reason || reported.trouble?.code !== next.trouble?.code) return true;
  return Math.abs(reported.periodSeconds - next.periodSeconds) > Math.max(2, SAME * reported.periodSeconds);
};

/** Whether viewers who were reported nothing are to be reported it: it is not as usual. */
export const isUnusual = ({ reason, trouble }: Sampling): boolean =>
  reason !== "quiet" || trouble !== undefined;

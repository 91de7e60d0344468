/** How often AWS is looked at, for people; nothing where that is as often as is set. */
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";

export const samplingWords = ({ periodSeconds, reason, allowedPerSecond }: Sampling): string | undefined => {
  const often = `sampling every ${periodSeconds} s`;
  if (reason === "quiet") return undefined;
  if (reason === "push") return `${often}: AWS pushes what is new`;
  const calls = allowedPerSecond === undefined ? "no more calls" : `${allowedPerSecond} calls/s`;
  return `${often}: AWS allows ${calls} here`;
};

/** Which events of a channel belong to which run: each begins with its `deployment_started`. */
import type { LogLine } from "../event-log.ts";

type Line = Pick<LogLine, "offset"> & Readonly<{ frame: Pick<LogLine["frame"], "type" | "data"> }>;

/** First and last offset of a run, as far as its events are known; undefined if its beginning is not. */
export const rangeOfRun = (
  lines: readonly Line[],
  run: number,
): readonly [first: number, last: number] | undefined => {
  const starts = lines.filter(({ frame }) => frame.type === "deployment_started");
  const index = starts.findIndex(({ frame }) => "run" in frame.data && frame.data.run === run);
  if (index === -1) return undefined;
  const next = starts[index + 1];
  return [starts[index]!.offset, next ? next.offset - 1 : Number.POSITIVE_INFINITY];
};

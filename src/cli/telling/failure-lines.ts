/** Nothing but failures: a line each as they happen, and the cause at the end. */
import type { Palette } from "../display/text/line.ts";
import { isFailure, plainLine } from "../display/plain-log.ts";
import type { FollowingEnd } from "../following/ending.ts";
import { FreshFrames } from "../following/fresh-frames.ts";
import type { Teller } from "../following/teller.ts";
import type { TextSink } from "../surroundings.ts";

export const failureLines = (
  stdout: TextSink,
  palette: Palette,
  causeOf: (ending: FollowingEnd) => readonly string[],
): Teller => {
  const fresh = new FreshFrames();
  return {
    reset: ({ epoch }) => fresh.reset(epoch),
    events: (frames) => {
      for (const frame of fresh.of(frames))
        if (isFailure(frame)) stdout.write(`${plainLine(frame, palette)}\n`);
    },
    ended: (ending) => {
      for (const line of causeOf(ending)) stdout.write(`${line}\n`);
    },
  };
};

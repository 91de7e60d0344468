/** That something takes long, in words: how long by now, how long usually, when it fails by itself, and what to look at. */
import type { Light } from "../../protocol/light.ts";
import { countText, deadlineText, durationText } from "./durations.ts";

type Reported = Omit<Light, "at">;

/** What comes of it if it goes on like that; empty: nobody knows. */
const prospectOf = ({ failsAt, rollback }: Reported): string => {
  if (failsAt === undefined) return "";
  const { resources = 0, seconds } = rollback ?? {};
  const long = seconds ? `, about ${durationText(seconds.p50)}` : "";
  const back =
    resources > 0
      ? ` and rolls back ${countText(resources, "resource")}${long}; cancelling now does so at once`
      : "";
  return deadlineText(failsAt) + back;
};

/** `what`: what takes long, by its name. */
export const lightText = (reported: Reported, what: string): string => {
  const { kind, elapsedSeconds, typicalSeconds, advice } = reported;
  const usual = `usually ${durationText(typicalSeconds.p50)} to ${durationText(typicalSeconds.p90)}`;
  const text = `${what} has taken ${durationText(elapsedSeconds)}, ${usual}${prospectOf(reported)}`;
  return `${kind === "stuck" ? "Perhaps stuck" : "Slow"}: ${text}${advice ? `. ${advice.text} (${advice.url})` : ""}`;
};

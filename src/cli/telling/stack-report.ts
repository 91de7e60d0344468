/** How a stack's operation ended, for people: the last words of a log. */
import { outcomeMeant } from "../../domain/stack-end.ts";
import { failureOfCause } from "../display/cause-block.ts";
import { cleanText } from "../display/clean-text.ts";
import { wholeText } from "../display/durations.ts";
import type { Ending } from "../following/ending.ts";

/** Empty as long as it has not ended. */
export const stackReportLines = (ending: Ending): readonly string[] => {
  if (ending.kind !== "stack") return [];
  const { cause, stack, durationSeconds, outputs } = ending.complete;
  const failure = cause && failureOfCause(cause);
  const named = Object.entries(outputs);
  return [
    "",
    `Stack ${stack.name}: ${outcomeMeant(ending.complete).replaceAll("_", " ")} (${wholeText(durationSeconds)})`,
    ...(failure ? [`Cause: ${failure.where} (${failure.what})`, `  ${failure.reason}`] : []),
    ...(named.length > 0 ? ["Outputs:", ...named.map(([key, value]) => `  ${key} = ${value}`)] : []),
  ].map(cleanText);
};

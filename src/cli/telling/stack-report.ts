/** How a stack's operation ended, for people: the last words of a log. */
import { lookOfEnd } from "../../domain/words/stack-words.ts";
import { failureTexts } from "../display/cause-block.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { durationText } from "../../domain/words/durations.ts";
import { leftTexts } from "../display/left-behind.ts";
import type { FollowingEnd } from "../following/ending.ts";

/** Empty as long as it has not ended. */
export const stackReportLines = (ending: FollowingEnd): readonly string[] => {
  if (ending.kind !== "stack") return [];
  const { stack, durationSeconds, outputs } = ending.complete;
  const named = Object.entries(outputs);
  return [
    "",
    `Stack ${stack.name}: ${lookOfEnd(ending.complete).word} (${durationText(durationSeconds)})`,
    ...failureTexts(ending.complete),
    ...leftTexts(ending.complete),
    ...(named.length > 0 ? ["Outputs:", ...named.map(([key, value]) => `  ${key} = ${value}`)] : []),
  ].map(cleanText);
};

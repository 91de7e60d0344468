/** What an operation that is over teaches about how long things take: only what ended well teaches how long it lasts. */
import { secondsBetween } from "../../elapsed.ts";
import type { Seen } from "../../estimate/experience.ts";
import type { StackState, TrackedResource } from "../stack-state.ts";
import type { Verb } from "../../estimate/durations.ts";

const STEP = /^(CREATE|UPDATE|DELETE)_(IN_PROGRESS|COMPLETE|FAILED)$/;

const verbOf = (word: string): Verb =>
  word === "CREATE" ? "create" : word === "DELETE" ? "delete" : "update";

const seenOf = ({ logicalId: id, type, history = [] }: TrackedResource): Seen[] => {
  const seen: Seen[] = [];
  let begun: Readonly<{ word: string; at: string }> | undefined;
  for (const { status, timestamp, hint } of history) {
    const [, word, end] = STEP.exec(status) ?? [];
    if (word === undefined) continue;
    if (end === "IN_PROGRESS") {
      if (begun?.word !== word) begun = { word, at: timestamp };
      continue;
    }
    // What failed by itself says nothing of how long it takes; what was called off would have taken longer.
    if (begun?.word === word && (end === "COMPLETE" || hint === "cancelled")) {
      const seconds = secondsBetween(begun.at, timestamp);
      seen.push({ id, type, verb: verbOf(word), seconds, isDone: end === "COMPLETE" });
    }
    begun = undefined;
  }
  return seen;
};

/** Resources of one operation that are learned from. */
const MOST_SEEN = 2_000;

export const durationsSeen = ({ resources }: StackState): readonly Seen[] =>
  [...resources.values()].flatMap(seenOf).slice(0, MOST_SEEN);

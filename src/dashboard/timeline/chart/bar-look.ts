/** How a bar looks for what it stands for. Pattern, mark and word say the same, so that colour alone says nothing. */
import type { ResourceWord } from "../../../domain/deployment/deployment-state.ts";
import type { StackStatus } from "../../../protocol/deployment/deployment-progress.ts";
import {
  kindOfStatus,
  wordOfPart,
  wordOfStatus,
  type StatusKind,
} from "../../../domain/words/status-words.ts";

export type BarLook = StatusKind | "blocked";

export type Looks = Readonly<{ look: BarLook; word: string }>;

type StackFacts = Readonly<{
  status: StackStatus;
  /** Why it fails is known. */
  hasCause: boolean;
  /** What it depends on has failed. */
  isBlocked: boolean;
  /** The run is over. */
  isOver: boolean;
}>;

/** CloudFormation rolls a stack back before it says that it failed: until then the cause tells it. */
export const looksOfStack = ({ status, hasCause, isBlocked, isOver }: StackFacts): Looks => {
  if (isBlocked) return { look: "blocked", word: isOver ? "did not start" : "cannot start" };
  if (status === "deploying" && hasCause) return { look: "reverting", word: "rolling back" };
  return { look: kindOfStatus(status), word: wordOfPart(status, isOver) };
};

export const looksOfResource = (word: ResourceWord): Looks => ({
  look: kindOfStatus(word),
  word: wordOfStatus(word),
});

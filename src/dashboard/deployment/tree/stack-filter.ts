/** Which stacks of a deployment are wanted: by what the reader types, and by how they stand. */
import type { StackProgress } from "../../../protocol/deployment/deployment-progress.ts";
import {
  capitalised,
  kindOfStatus,
  NOT_STARTED,
  type StatusKind,
} from "../../../domain/words/status-words.ts";

/** What stacks are sorted by, with a chip each. */
export const STACK_KINDS = ["running", "failed", "waiting", "done", "skipped", "reverted"] as const;

export type StackKind = (typeof STACK_KINDS)[number];

const KIND_WORDS: Readonly<Record<StackKind, string>> = {
  running: "Running",
  failed: "Failed",
  waiting: "Waiting",
  done: "Done",
  skipped: "Skipped",
  reverted: "Rolled back",
};

/** In a run that is over nothing waits any more. */
export const wordOfKind = (kind: StackKind, isOver: boolean): string =>
  kind === "waiting" && isOver ? capitalised(NOT_STARTED) : KIND_WORDS[kind];

export type StackFilter = Readonly<{ text: string; kind: StackKind | undefined; isEmpty: boolean }>;

/** The filter that a view's address holds. */
export const stackFilterOf = (text: string, kindText: string): StackFilter => {
  const kind = STACK_KINDS.find((known) => known === kindText);
  return { text: text.toLowerCase(), kind, isEmpty: text === "" && kind === undefined };
};

const KIND_OF: Readonly<Record<StatusKind, StackKind>> = {
  running: "running",
  reverting: "running",
  failed: "failed",
  waiting: "waiting",
  done: "done",
  skipped: "skipped",
  reverted: "reverted",
};

const kindOfStack = ({ status }: Pick<StackProgress, "status">): StackKind => KIND_OF[kindOfStatus(status)];

export const isStackWanted = (
  stack: Pick<StackProgress, "name" | "status" | "resources" | "error">,
  { text, kind }: StackFilter,
): boolean => {
  if (kind !== undefined && kindOfStack(stack) !== kind) return false;
  if (text === "") return true;
  const { name, status, resources, error } = stack;
  return [name, status, resources.current ?? "", error?.message ?? ""].some((part) =>
    part.toLowerCase().includes(text),
  );
};

/** How many stacks there are of each kind. */
export const countsByKind = (
  stacks: readonly Pick<StackProgress, "status">[],
): Readonly<Record<StackKind, number>> => {
  const counts: Record<StackKind, number> = {
    running: 0,
    failed: 0,
    waiting: 0,
    done: 0,
    skipped: 0,
    reverted: 0,
  };
  for (const stack of stacks) counts[kindOfStack(stack)]++;
  return counts;
};

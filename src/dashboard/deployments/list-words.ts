/** The kinds of deployments as the list calls them. */
import { runKinds, type RunKind } from "../../protocol/deployment/run-kinds.ts";

export const LIST_WORDS: Readonly<Record<RunKind, string>> = {
  running: "Running",
  failed: "Failed",
  ended: "Ended",
};

/** The kind that a text names; undefined: none. */
export const runKindOf = (text: string): RunKind | undefined => runKinds.find((kind) => kind === text);

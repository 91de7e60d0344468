/** Why nothing can be said of a stack, and why what is kept of it has to stay. */
import { tellingOf, type Trouble } from "../../domain/failure/trouble.ts";
import { isComplete, type StackState } from "../../domain/stack/stack-state.ts";
import type { Failure } from "../../protocol/failure.ts";

/** Of a stack of which nothing is known. */
export const unknownStack = (trouble: Pick<Trouble, "kind"> | undefined, region: string): Failure => {
  const { code, message } = tellingOf(trouble?.kind ?? "missing", region);
  return { code, message };
};

/** Undefined: what is kept of the stack can be deleted. */
export const whyUndeletable = (state: StackState, isPartOfRun: boolean): Failure | undefined => {
  if (!state.attempt) return { code: "STACK_NOT_FOUND", message: "Nothing is kept of such a stack" };
  if (isPartOfRun)
    return { code: "RUN_UNDERWAY", message: "A deployment's run waits for the stack: cancel that first" };
  if (isComplete(state)) return undefined;
  return { code: "STACK_BUSY", message: "An operation of the stack is in progress: wait for its end" };
};

/** A change set made and awaited: asked for again, it is the same one. */
import type { ChangeSetState } from "../aws/cloudformation/change-sets.ts";
import type { StackWish } from "../aws/cloudformation/stack-wish.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-events.ts";
import type { StackOptions } from "../protocol/stack/stack-options.ts";
import { settled, type Hands } from "./hands.ts";
import { backoffMs } from "../domain/backoff.ts";

/** Looks at a change set that is being computed, a second apart: nested stacks take long, and the next turn looks again. */
const MAX_LOOKS = 8;
const BETWEEN_LOOKS = { baseMs: 125, maxMs: 1_000 };

type Proposed = Readonly<{
  region: string;
  stackName: string;
  name: string;
  type: "CREATE" | "UPDATE";
  wish: StackWish;
  options?: StackOptions | undefined;
}>;

/** Where the change set stands; `computing` if that takes longer than a step should. */
export const proposed = async (
  hands: Hands,
  { region, stackName, name, type, wish, options }: Proposed,
): Promise<Result<ChangeSetState, OperationFailure>> => {
  const { changeSets } = hands.in(region);
  const reference = { name, stack: stackName };
  // Without a token: its name tells it from others, and a token might be remembered longer than the change set.
  const made = settled(
    await changeSets.create(
      { stack: stackName, name, type, description: "Stackcast", ...(options && { options }) },
      wish,
    ),
  );
  const isThere = !made.ok && made.failure.kind === "exists";
  if (!made.ok && !isThere) return made;
  for (let look = 1; ; look += 1) {
    const state = settled(await changeSets.state(reference));
    // It may not show yet.
    const absent = !state.ok && state.failure.kind === "missing";
    if (!state.ok && !absent) return state;
    if (state.ok && state.value.verdict !== "computing") return success(state.value);
    if (look === MAX_LOOKS) return state.ok ? success(state.value) : failed(state.failure);
    await hands.pause(backoffMs(look, 1, BETWEEN_LOOKS));
  }
};

/** Why a change set could not be made, looked up where AWS's words point elsewhere. */
export const refusedBy = async (
  hands: Hands,
  region: string,
  changeSet: ChangeSetState,
): Promise<ErrorDetail> => {
  const { message, details } = await hands.in(region).changeSets.reasonOf(changeSet);
  return {
    code: "CHANGE_SET_FAILED",
    message: message || "AWS gave no reason",
    ...(details !== undefined && { details }),
  };
};

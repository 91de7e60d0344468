/** What a run leaves behind: resources that could not be deleted or were to be kept, and stacks that still stabilise. */
import type { LeftOfStack } from "../../protocol/deployment/deployment-event-parts.ts";
import { MAX_LEFT } from "../../protocol/deployment/deployment-limits.ts";
import type { LeftResource } from "../../protocol/stack/stack-frames.ts";
import type { DeploymentState, StackNode } from "./deployment-state.ts";

/** Fields that are absent where there is nothing to say. */
export type Leavings = Readonly<{
  orphans?: LeftOfStack[];
  retained?: LeftOfStack[];
  stabilising?: string[];
}>;

/** What a stack keeps although it is not the stack's any more: as its end tells, else as its resources' events did. */
export const retainedOf = ({ ending, resources }: StackNode): LeftResource[] => {
  if (ending?.retained) return ending.retained;
  const kept: LeftResource[] = [];
  for (const [path, { type, name, id = "", status }] of resources) {
    if (kept.length === MAX_LEFT) break;
    if (status === "retained")
      kept.push({ logicalId: name, path, type, physicalId: id, status: "DELETE_SKIPPED", reason: "" });
  }
  return kept;
};

const ofStacks = (
  stacks: readonly StackNode[],
  leftOf: (stack: StackNode) => readonly LeftResource[],
): LeftOfStack[] =>
  stacks.flatMap((stack) => leftOf(stack).map((left) => ({ stack: stack.name, ...left }))).slice(0, MAX_LEFT);

export const leavingsOf = (state: DeploymentState): Leavings => {
  const stacks = [...state.stacks.values()];
  const orphans = ofStacks(stacks, ({ ending }) => ending?.orphans ?? []);
  const retained = ofStacks(stacks, retainedOf);
  const stabilising = stacks.filter(({ ending }) => ending?.stabilising).map(({ name }) => name);
  return {
    ...(orphans.length > 0 && { orphans }),
    ...(retained.length > 0 && { retained }),
    ...(stabilising.length > 0 && { stabilising }),
  };
};

/** The first cause of a deployment's failure over all its stacks, and what did not begin because of it. */
import type { Blast } from "../../protocol/deployment/deployment-event-parts.ts";
import { blockedAmong, isFailing, type DeploymentState, type StackNode } from "./deployment-state.ts";

/** The failed or failing stack whose failure's cause came first in time; ties go to the lower layer, then to the name. */
export const firstFailed = ({ stacks }: DeploymentState): StackNode | undefined => {
  const orderOf = ({ cause, endTime, layer, name }: StackNode): string =>
    [cause?.timestamp ?? endTime ?? "", String(layer).padStart(8, "0"), name].join(" ");
  return [...stacks.values()]
    .filter(isFailing)
    .reduce<StackNode | undefined>(
      (first, stack) => (first && orderOf(first) <= orderOf(stack) ? first : stack),
      undefined,
    );
};

/** Undefined while nothing failed. */
export const blastOf = (state: DeploymentState): Blast | undefined => {
  const failed = firstFailed(state);
  if (!failed) return undefined;
  const names = blockedAmong(state.stacks);
  const blocked = [...state.stacks.values()].filter(({ name }) => names.has(name));
  return {
    stack: failed.name,
    layers: [...new Set(blocked.map(({ layer }) => layer))].sort((one, other) => one - other),
    stacks: blocked.map(({ name }) => name).sort(),
  };
};

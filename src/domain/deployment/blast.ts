/** The first cause of a deployment's failure over all its stacks, and what did not begin because of it. */
import type { Blast } from "../../protocol/deployment-events.ts";
import type { Cause } from "../../protocol/stack-frames.ts";
import { isBlocked, type DeploymentState, type StackNode } from "./deployment-state.ts";

/** The failed stack whose cause came first in time. */
const firstFailed = ({ stacks }: DeploymentState): StackNode | undefined => {
  const failed = [...stacks.values()].filter(({ status }) => status === "failed");
  const timeOf = ({ cause, endTime }: StackNode): string => cause?.timestamp ?? endTime ?? "";
  return failed.sort((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1))[0];
};

export const causeOfDeployment = (state: DeploymentState): Cause | undefined => firstFailed(state)?.cause;

/** Undefined while nothing failed. */
export const blastOf = (state: DeploymentState): Blast | undefined => {
  const failed = firstFailed(state);
  if (!failed) return undefined;
  const blocked = [...state.stacks.values()].filter((stack) => isBlocked(stack, state.stacks));
  return {
    stack: failed.name,
    layers: [...new Set(blocked.map(({ layer }) => layer))].sort((one, other) => one - other),
    stacks: blocked.map(({ name }) => name),
  };
};

/**
 * Names by which CloudFormation knows what was asked before: change sets and request tokens. They follow from the run and
 * the stack alone, so that what is asked again is the same.
 */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { RunLease } from "./run-calls.ts";
import type { TaskKind } from "./task.ts";

/** FNV-1a over UTF-16, as eight hexadecimal digits: to tell names apart, not to guard anything. */
const digestOf = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
};

/** `attempt`: how often the run was begun to be rolled back before, as CloudFormation begins nothing twice for one name. */
type Named = DeploymentAddress & Readonly<{ run: number; stack: string; attempt?: number }>;

/** At most 128 letters, digits and hyphens, the first a letter; good for change sets and for tokens. */
export const operationNameOf = (
  { deploymentId, environment, run, stack, attempt = 0 }: Named,
  kind: TaskKind | "cancel",
): string =>
  `stackcast-${deploymentId}-run${run}-${kind}${attempt > 0 ? attempt : ""}-${digestOf(`${deploymentId} ${environment} ${stack}`)}`;

/** The name of what is asked to roll back what a run has done, or to delete its stacks. */
export const backwardNameOf = (
  { address, run, attempt, plan }: Pick<RunLease, "address" | "run" | "attempt" | "plan">,
  kind: "revert" | "resume" | "remove",
): string =>
  operationNameOf({ ...address, run, stack: plan.name, ...(attempt !== undefined && { attempt }) }, kind);

/** All client request tokens under which CloudFormation may do what was asked of a stack. */
export const tokensOf = (
  { deploymentId, environment, run, stack }: Omit<Named, "attempt">,
  kind: TaskKind,
  attempt: number | undefined,
): readonly string[] => {
  const named = { deploymentId, environment, run, stack };
  switch (kind) {
    case "deploy":
    case "wait":
    case "unpause":
    case "clear":
      return [operationNameOf(named, kind), operationNameOf(named, "cancel")];
    case "revert":
    case "resume":
    case "remove":
      return [operationNameOf({ ...named, ...(attempt !== undefined && { attempt }) }, kind)];
  }
};

/** Name of a run's workflow instance: at most 100 letters, digits and hyphens. */
export const instanceNameOf = (
  { deploymentId, environment }: DeploymentAddress,
  run: number,
  generation: number,
): string =>
  `${deploymentId}-${digestOf(`${deploymentId} ${environment}`)}${digestOf(`${environment} ${deploymentId}`)}-${run}-${generation}`;

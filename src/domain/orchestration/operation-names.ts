/**
 * Names by which CloudFormation knows what was asked before: change sets and request tokens. They follow from the run and
 * the stack alone, so that what is asked again is the same.
 */
import type { DeploymentAddress } from "../../protocol/channel-names.ts";
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

type Named = DeploymentAddress & Readonly<{ run: number; stack: string }>;

/** At most 128 letters, digits and hyphens, the first a letter; good for change sets and for tokens. */
export const operationNameOf = (
  { deploymentId, environment, run, stack }: Named,
  kind: TaskKind | "cancel",
): string =>
  `stackcast-${deploymentId}-run${run}-${kind}-${digestOf(`${deploymentId} ${environment} ${stack}`)}`;

/** Name of a run's workflow instance: at most 100 letters, digits and hyphens. */
export const instanceNameOf = (
  { deploymentId, environment }: DeploymentAddress,
  run: number,
  generation: number,
): string =>
  `${deploymentId}-${digestOf(`${deploymentId} ${environment}`)}${digestOf(`${environment} ${deploymentId}`)}-${run}-${generation}`;

/** Deletes resources, what depended on others first: the delete of a stack, and the rollback of a create. */
import type { Settings } from "../stack.ts";
import type { PlannedResource } from "../template/plan.ts";
import { reversed, walk } from "./graph.ts";
import type { Operation } from "./operation.ts";
import type { Steps } from "./steps.ts";
import { refusedDelete } from "./trouble.ts";

/** Seconds from a resource's end to the beginning of what waited for it. */
export const HANDOVER_SECONDS = 0.5;

/** Deletes all of them that exist. Resolves to whether all went; what a failed one holds on to is not tried. */
const removeAll = async (
  operation: Operation,
  resources: readonly PlannedResource[],
  steps: Steps,
  isRetained: (resource: PlannedResource) => boolean,
): Promise<boolean> => {
  const { stack } = operation;
  const existing = resources.filter(({ logicalId }) => {
    const status = stack.resources.get(logicalId)?.status;
    return status !== undefined && status !== "DELETE_COMPLETE" && status !== "DELETE_SKIPPED";
  });
  const byId = new Map(existing.map((resource) => [resource.logicalId, resource]));
  await walk(
    reversed(new Map(existing.map((resource) => [resource.logicalId, resource.dependsOn]))),
    async (id) => {
      const resource = byId.get(id);
      if (resource === undefined) return true;
      await operation.pause(HANDOVER_SECONDS);
      const physicalId = operation.physicalIdOf(id);
      if (isRetained(resource) && physicalId !== "") {
        operation.resource(resource, physicalId, "DELETE_SKIPPED");
        return true;
      }
      return steps.remove(operation, resource, physicalId);
    },
  );
  return !operation.failed.some(({ status }) => status === "DELETE_FAILED");
};

const planned = (operation: Operation): readonly PlannedResource[] => [
  ...(operation.stack.settings.plan?.resources.values() ?? []),
];

/** How a stack is deleted. */
export type Removal = Readonly<{
  /** Logical ids to leave behind. */
  retained?: ReadonlySet<string>;
  /** Of a deletion that nobody asked for: it cannot be refused. */
  reason?: string;
}>;

/** From DELETE_IN_PROGRESS to DELETE_COMPLETE or DELETE_FAILED; a refused one goes back to where the stack was. */
export const playDelete = async (
  operation: Operation,
  steps: Steps,
  { retained = new Set(), reason }: Removal = {},
): Promise<boolean> => {
  const { status: before } = operation.stack;
  operation.own("DELETE_IN_PROGRESS", reason ?? "User Initiated");
  await operation.pause(2);
  const refusal =
    reason === undefined && !before.endsWith("_IN_PROGRESS") ? refusedDelete(operation) : undefined;
  if (refusal !== undefined) {
    operation.own(before, refusal);
    return false;
  }
  const isRetained = (resource: PlannedResource): boolean =>
    resource.deletionPolicy.startsWith("Retain") || retained.has(resource.logicalId);
  const isGone = await removeAll(operation, planned(operation), steps, isRetained);
  if (isGone) operation.own("DELETE_COMPLETE");
  else operation.own("DELETE_FAILED", sentenceOf(operation));
  return isGone;
};

/** From ROLLBACK_IN_PROGRESS to ROLLBACK_COMPLETE or ROLLBACK_FAILED. */
export const playRollback = async (operation: Operation, steps: Steps, reason: string): Promise<boolean> => {
  operation.own("ROLLBACK_IN_PROGRESS", reason);
  await operation.pause(2.3);
  const isGone = await removeAll(operation, planned(operation), steps, (resource) =>
    isKeptInRollback(resource, operation.stack.settings),
  );
  if (isGone) operation.own("ROLLBACK_COMPLETE");
  else operation.own("ROLLBACK_FAILED", sentenceOf(operation));
  return isGone;
};

/** `RetainExceptOnCreate`, of the resource or of the whole operation, is deleted here, and here alone. */
export const isKeptInRollback = (
  { deletionPolicy }: PlannedResource,
  { retainExceptOnCreate }: Settings,
): boolean => deletionPolicy === "Retain" && !retainExceptOnCreate;

const sentenceOf = ({ failed }: Operation): string =>
  `The following resource(s) failed to delete: [${failed.map(({ logicalId }) => logicalId).join(", ")}]. `;

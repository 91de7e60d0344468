/** A hook that is called before a resource is created or changed, where one is asked for. */
import { uuidOf } from "../random.ts";
import type { PlannedResource } from "../template/plan.ts";
import type { Operation } from "./operation.ts";
import { failureAt } from "./trouble.ts";

const DEFAULT_HOOK = "Private::Guard::ResourceHook";

/** Resolves to why the resource must not be touched; undefined if it may be. */
export const callHook = async (
  operation: Operation,
  resource: PlannedResource,
  status: "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS",
): Promise<string | undefined> => {
  const failure = failureAt(operation, resource.logicalId, "hook");
  if (failure === undefined) return undefined;
  const { check: type = DEFAULT_HOOK, mode = "FAIL", reason } = failure;
  const invocationId = uuidOf(operation.stack.random);
  const physicalId = operation.physicalIdOf(resource.logicalId);
  const say = (hookStatus: string, hookReason: string): void =>
    operation.resource(resource, physicalId, status, {
      hook: { type, status: hookStatus, reason: hookReason, invocationId, mode },
    });
  say("HOOK_IN_PROGRESS", "Invoking hook");
  await operation.pause(0.6);
  say("HOOK_COMPLETE_FAILED", `Hook failed with message: ${reason}`);
  return mode === "FAIL" ? `The following hook(s) failed: [${type}]` : undefined;
};

/** The create of a stack, with what follows if a resource fails. */
import type { Account } from "../account.ts";
import type { Stack } from "../stack.ts";
import { walk } from "./graph.ts";
import { failureSentenceOf, Operation } from "./operation.ts";
import { HANDOVER_SECONDS, playDelete, playRollback } from "./removal.ts";
import type { Steps } from "./steps.ts";

/**
 * From CREATE_IN_PROGRESS to the stack's rest; resolves to whether it was created. Interrupted, it cancels what is
 * in flight and leaves the stack as it is to whoever deletes it.
 */
export const playCreate = async (
  account: Account,
  stack: Stack,
  steps: Steps,
  token: string | undefined,
  interruption: AbortSignal,
): Promise<boolean> => {
  const operation = new Operation(account, stack, "CREATE_STACK", token);
  interruption.addEventListener("abort", () => operation.cancelOthers(), { once: true });
  const { plan, onFailure, disableRollback } = stack.settings;
  operation.own("CREATE_IN_PROGRESS", "User Initiated");
  if (plan === undefined) return false;
  await operation.pause(2);
  await walk(new Map([...plan.resources].map(([id, resource]) => [id, resource.dependsOn])), async (id) => {
    const resource = plan.resources.get(id);
    if (resource === undefined || operation.cancel.aborted) return false;
    await operation.pause(HANDOVER_SECONDS, operation.cancel);
    if (operation.cancel.aborted) return false;
    const isCreated = await steps.create(operation, resource);
    if (!isCreated) operation.cancelOthers();
    return isCreated;
  });
  if (interruption.aborted) return false;
  await operation.pause(1);
  if (operation.failed.length === 0) {
    operation.resolveOutputs(plan);
    operation.own("CREATE_COMPLETE");
    return true;
  }
  const sentence = failureSentenceOf(operation.failed);
  if (disableRollback || onFailure === "DO_NOTHING") {
    operation.own("CREATE_FAILED", sentence);
  } else if (onFailure === "DELETE") {
    await playDelete(
      new Operation(account, stack, "DELETE_STACK", token),
      steps,
      new Set(),
      `${sentence}Delete requested by user.`,
    );
  } else {
    const rollback = new Operation(account, stack, "ROLLBACK", token);
    await playRollback(rollback, steps, `${sentence}Rollback requested by user.`);
  }
  return false;
};

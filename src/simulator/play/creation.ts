/** The create of a stack, with what follows if a resource fails or the create is refused as a whole. */
import type { Account } from "../account.ts";
import type { Stack } from "../stack.ts";
import type { Plan } from "../template/plan.ts";
import { walk } from "./graph.ts";
import { failureSentenceOf, Operation } from "./operation.ts";
import { HANDOVER_SECONDS, playDelete, playRollback } from "./removal.ts";
import type { Steps } from "./steps.ts";
import { refusedAtEnd, refusedAtStart } from "./trouble.ts";

/** Creates all resources in order; resolves to why the stack cannot be. */
const createAll = async (
  operation: Operation,
  plan: Plan,
  steps: Steps,
  interruption: AbortSignal,
): Promise<string | undefined> => {
  const refused = refusedAtStart(operation, "create", plan.resources.values());
  if (refused !== undefined) return refused;
  await walk(new Map([...plan.resources].map(([id, resource]) => [id, resource.dependsOn])), async (id) => {
    const resource = plan.resources.get(id);
    if (resource === undefined || operation.cancel.aborted) return false;
    await operation.pause(HANDOVER_SECONDS, operation.cancel);
    if (operation.cancel.aborted) return false;
    const isCreated = await steps.create(operation, resource);
    if (!isCreated) operation.cancelOthers();
    return isCreated;
  });
  if (interruption.aborted) return "Interrupted";
  await operation.pause(1);
  if (operation.failed.length > 0) return failureSentenceOf(operation.failed);
  const outputs = operation.outputsOf(plan);
  const clash = refusedAtEnd(operation, outputs);
  if (clash === undefined) operation.stack.outputs = outputs;
  return clash;
};

/**
 * From CREATE_IN_PROGRESS to the stack's rest; resolves to why it was not created, undefined if it was. Interrupted,
 * it cancels what is in flight and leaves the stack as it is to whoever deletes it.
 */
export const playCreate = async (
  account: Account,
  stack: Stack,
  steps: Steps,
  token: string | undefined,
  interruption: AbortSignal,
): Promise<string | undefined> => {
  const operation = new Operation(account, stack, "CREATE_STACK", { token });
  interruption.addEventListener("abort", () => operation.cancelOthers(), { once: true });
  const { plan, onFailure, disableRollback } = stack.settings;
  operation.own("CREATE_IN_PROGRESS", "User Initiated");
  if (plan === undefined) return "Nothing is planned";
  await operation.pause(2, operation.cancel);
  const reason = await createAll(operation, plan, steps, interruption);
  if (interruption.aborted) return reason ?? "Interrupted";
  if (reason === undefined) {
    operation.own("CREATE_COMPLETE");
  } else if (disableRollback || onFailure === "DO_NOTHING") {
    operation.own("CREATE_FAILED", reason);
  } else if (onFailure === "DELETE") {
    // AWS joins with a full stop even where the reason ends with one.
    const deletion = new Operation(account, stack, "DELETE_STACK", { token });
    await playDelete(deletion, steps, { reason: `${reason}. Delete requested by user.` });
  } else {
    const sentence = reason.endsWith(". ") ? reason : `${reason}. `;
    const rollback = new Operation(account, stack, "ROLLBACK", { token });
    await playRollback(rollback, steps, `${sentence}Rollback requested by user.`);
  }
  return reason;
};

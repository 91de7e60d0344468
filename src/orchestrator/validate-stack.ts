/** Whether CloudFormation takes a stack's template, and whether the stack's plan goes with it. */
import { keepsWhatItHas } from "../domain/run/deployability.ts";
import type { Order, PlanFault } from "../domain/run/desk-calls.ts";
import { leftToStack, templateFaultOf } from "../domain/run/template-faults.ts";
import { refusalOf, settled, type Hands } from "./hands.ts";

/** Undefined: nothing is wrong with it. Who may not validate may still deploy: then AWS says later what is wrong. */
export const validateStack = async (order: Order, hands: Hands): Promise<PlanFault | undefined> => {
  const { plan, template } = order;
  const demands = settled(await hands.in(plan.region).operations.validate(template));
  if (demands.ok) {
    const previous =
      leftToStack(plan, demands.value).length > 0 ? await previousOf(order, hands) : new Set<string>();
    const error = previous && templateFaultOf(plan, demands.value, previous);
    return error && { stack: plan.name, error };
  }
  if (demands.failure.kind === "denied") return undefined;
  const { message } = refusalOf(demands.failure);
  return { stack: plan.name, error: { code: "INVALID_TEMPLATE", message } };
};

/** Names of the parameters whose values an update could keep; undefined: that may not be looked up. */
const previousOf = async ({ plan }: Order, hands: Hands): Promise<ReadonlySet<string> | undefined> => {
  const seen = settled(await hands.in(plan.region).operations.picture(plan.stackName));
  if (!seen.ok) return seen.failure.kind === "missing" ? new Set() : undefined;
  const { status, parameters } = seen.value;
  return new Set(keepsWhatItHas(status) ? Object.keys(parameters) : []);
};

/** Whether CloudFormation takes a stack's template, and whether the stack's plan goes with it. */
import type { Order, PlanFault } from "../domain/orchestration/desk-calls.ts";
import { templateFaultOf } from "../domain/orchestration/template-faults.ts";
import { refusalOf, settled, type Hands } from "./hands.ts";

/** Undefined: nothing is wrong with it. Who may not validate may still deploy: then AWS says later what is wrong. */
export const validateStack = async (
  { plan, template }: Order,
  hands: Hands,
): Promise<PlanFault | undefined> => {
  const demands = settled(await hands.in(plan.region).operations.validate(template));
  if (demands.ok) {
    const error = templateFaultOf(plan, demands.value);
    return error && { stack: plan.name, error };
  }
  if (demands.failure.kind === "denied") return undefined;
  const { message } = refusalOf(demands.failure);
  return { stack: plan.name, error: { code: "INVALID_TEMPLATE", message } };
};

/** Whether CloudFormation takes a stack's template, and whether the stack's plan goes with it. */
import { keepsWhatItHas } from "../domain/run/deployability.ts";
import type { PlanFault } from "../domain/run/run-calls.ts";
import { leftToStack, templateFaultOf } from "../domain/run/template-faults.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { settled } from "./answers.ts";
import { cloudFormationOf, type Step } from "./step.ts";

/** What is needed to ask; nothing is set going. */
type Asked = Pick<Step, "lease" | "clients">;

/** Undefined: nothing is wrong with it. Who may not validate may still deploy: then AWS says later what is wrong. */
export const validateStack = async (step: Asked): Promise<PlanFault | undefined> => {
  const { plan, template } = step.lease;
  const demands = settled(await cloudFormationOf(step).operations.validate(template));
  if (demands.ok) {
    const previous = leftToStack(plan, demands.value).length > 0 ? await previousOf(step) : new Set<string>();
    const error = previous && templateFaultOf(plan, demands.value, previous);
    return error && { stack: plan.name, error };
  }
  if (demands.failure.kind === "denied") return undefined;
  const { message } = errorDetailOf(demands.failure);
  return { stack: plan.name, error: { code: "INVALID_TEMPLATE", message } };
};

/** Names of the parameters whose values an update could keep; undefined: that may not be looked up. */
const previousOf = async (step: Asked): Promise<ReadonlySet<string> | undefined> => {
  const { plan } = step.lease;
  const seen = settled(await cloudFormationOf(step).operations.snapshot(plan.stackName));
  if (!seen.ok) return seen.failure.kind === "missing" ? new Set() : undefined;
  const { status, parameters } = seen.value;
  return new Set(keepsWhatItHas(status) ? Object.keys(parameters) : []);
};

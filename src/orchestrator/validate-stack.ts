/** Whether CloudFormation takes a stack's template, and whether the stack's plan goes with it. */
import { keepsWhatItHas } from "../domain/run/deployability.ts";
import type { PlanFault } from "../domain/run/run-calls.ts";
import { leftToStack, templateFaultOf } from "../domain/run/template-faults.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
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
    const error =
      (previous && templateFaultOf(plan, demands.value, previous)) ??
      (step.lease.restores ? await wayBackFaultOf(step) : undefined);
    return error && { stack: plan.name, error };
  }
  if (demands.failure.kind === "denied") return undefined;
  const { message } = errorDetailOf(demands.failure);
  return { stack: plan.name, error: { code: "INVALID_TEMPLATE", message } };
};

/**
 * Why a failure of the run could not restore the stack: it has a template that CloudFormation takes from a bucket only, and
 * there is none. Where there is a bucket, nothing of the stack is asked; what may not be looked up is found out later.
 */
const wayBackFaultOf = async (step: Asked): Promise<ErrorDetail | undefined> => {
  const { operations, keep, hasBucket } = cloudFormationOf(step);
  const bucket = settled(await hasBucket());
  if (!bucket.ok || bucket.value) return undefined;
  const template = settled(await operations.templateText(step.lease.plan.stackName));
  const kept = template.ok ? settled(await keep(template.value)) : undefined;
  if (!kept || kept.ok) return undefined;
  const { message } = errorDetailOf(kept.failure);
  return { code: "NO_WAY_BACK", message: `A failure could not restore the stack as it is. ${message}` };
};

/** Names of the parameters whose values an update could keep; undefined: that may not be looked up. */
const previousOf = async (step: Asked): Promise<ReadonlySet<string> | undefined> => {
  const { plan } = step.lease;
  const seen = settled(await cloudFormationOf(step).operations.snapshot(plan.stackName));
  if (!seen.ok) return seen.failure.kind === "missing" ? new Set() : undefined;
  const { status, parameters } = seen.value;
  return new Set(keepsWhatItHas(status) ? Object.keys(parameters) : []);
};

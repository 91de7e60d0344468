/**
 * Finds out what an operation is going to touch: from its change set, else from the template, else nothing is known
 * beforehand and the total is what was seen.
 */
import type { CloudFormation, StackDescription } from "../../aws/cloudformation/cloudformation.ts";
import { passesByItself } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { planOfChanges, planOfTemplate, pseudoParameters, type Plan } from "../../domain/template/plan.ts";
import type { OperationKind } from "../../domain/stack/statuses.ts";
import type { TemplateSchedule } from "../../domain/template/template-schedule.ts";
import { success, type Result } from "../../protocol/result.ts";

/** What an operation is to touch, and what its template says of order and time. */
type OperationPlan = Readonly<{ plan: Plan; schedule?: TemplateSchedule | undefined }>;

const NOTHING_KNOWN: OperationPlan = { plan: {} };

export const planOf = async (
  cloudFormation: CloudFormation,
  stackId: string,
  kind: OperationKind,
  nested: boolean,
): Promise<Result<OperationPlan, LookupFailure>> => {
  const described = await cloudFormation.describeStack(stackId);
  if (!described.ok) return passesByItself(described.failure.kind) ? described : success(NOTHING_KNOWN);
  const changeSetId = kind === "delete" ? undefined : described.value.changeSetId;
  if (changeSetId !== undefined) {
    const changeSet = await cloudFormation.changeSet(changeSetId);
    if (changeSet.ok && changeSet.value.executionStatus.startsWith("EXECUTE_")) {
      // Without the template the order is guessed, and the plan is as good.
      const template = await cloudFormation.template(stackId);
      const schedule = template.ok ? template.value.schedule : undefined;
      return success({ plan: planOfChanges(changeSet.value.changes), schedule });
    }
    if (!changeSet.ok && passesByItself(changeSet.failure.kind)) return changeSet;
  }
  // An update touches a part of a nested stack's resources, and nobody says which.
  if (nested && kind === "update") return success(NOTHING_KNOWN);
  return templatePlan(cloudFormation, described.value);
};

const templatePlan = async (
  cloudFormation: CloudFormation,
  stack: StackDescription,
): Promise<Result<OperationPlan, LookupFailure>> => {
  const template = await cloudFormation.template(stack.stackId);
  if (!template.ok) return passesByItself(template.failure.kind) ? template : success(NOTHING_KNOWN);
  const parameters = { ...pseudoParameters(stack.stackId), ...stack.parameters };
  return success({ plan: planOfTemplate(template.value, parameters), schedule: template.value.schedule });
};

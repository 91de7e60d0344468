/**
 * What a stack is to become, in CloudFormation's terms: outputs of other stacks looked up, what is not named kept as the
 * stack has it, and our own tags set.
 */
import type { StackSnapshot } from "../aws/cloudformation/stack-operations.ts";
import type { DesiredParameter, DesiredStack } from "../aws/cloudformation/desired-stack.ts";
import { keptParameters, sendableTags, userTagOf } from "../domain/run/desired-stack.ts";
import type { RunLease } from "../domain/run/run-calls.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import { OWN_TAGS } from "../protocol/deployment/deployment-plan.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { outputAddressOf } from "../protocol/stack/stack-parameters.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { settled } from "./answers.ts";
import { cloudFormationOf, type Step } from "./step.ts";

/** What the tag of a deployment's stacks says. */
export const deploymentTagOf = ({ deploymentId, environment }: RunLease["address"]): string =>
  `${deploymentId}/${environment}`;

/** `now`: the stack that is there, if there is one. */
export const desiredStackOf = async (
  step: Step,
  now: StackSnapshot | undefined,
): Promise<Result<DesiredStack, ErrorDetail>> => {
  const { plan, template, address, user } = step.lease;
  const { notificationArns, deploymentMode } = plan.options ?? {};
  const roleArn = plan.options?.roleArn ?? (await step.clients.executionRoleOf(plan.account));
  const parameters = await parametersOf(step, now);
  if (!parameters.ok) return parameters;
  return success({
    template,
    parameters: { ...(now && (await keptOf(step, now))), ...parameters.value },
    tags: {
      ...(now && !plan.replaceTags && sendableTags(now.tags)),
      ...plan.tags,
      [OWN_TAGS.deployment]: deploymentTagOf(address),
      [OWN_TAGS.user]: userTagOf(user),
    },
    capabilities: plan.capabilities,
    ...(roleArn !== undefined && { roleArn }),
    ...(notificationArns && { notificationArns }),
    ...((deploymentMode === "EXPRESS" || deploymentMode === "STANDARD") && { mode: deploymentMode }),
  });
};

/** Who may not have the template validated keeps what its text speaks of. */
const keptOf = async (
  step: Step,
  { parameters }: StackSnapshot,
): Promise<Record<string, DesiredParameter>> => {
  const { plan, template } = step.lease;
  if (plan.exactParameters || Object.keys(parameters).length === 0) return {};
  const demands = settled(await cloudFormationOf(step).operations.validate(template));
  // Stand-ins for AWS tell no parameters at all.
  const declared = demands.ok ? demands.value.parameters.map(({ name }) => name) : [];
  return keptParameters(
    parameters,
    declared.length > 0 ? declared : undefined,
    "body" in template ? template.body : undefined,
  );
};

const parametersOf = async (
  { lease: { plan, places }, clients }: Step,
  now: StackSnapshot | undefined,
): Promise<Result<Record<string, DesiredParameter>, ErrorDetail>> => {
  const outputs = new Map<string, Readonly<Record<string, string>>>();
  const parameters: Record<string, DesiredParameter> = {};
  for (const [key, value] of Object.entries(plan.parameters)) {
    if (typeof value === "string") {
      parameters[key] = value;
      continue;
    }
    if ("usePrevious" in value) {
      if (now && Object.hasOwn(now.parameters, key)) parameters[key] = value;
      else
        return failed({
          code: "MISSING_PARAMETERS",
          message: `Parameter ${key}: the stack has no value that could be reused`,
        });
      continue;
    }
    const { stack, output } = outputAddressOf(value.fromOutput);
    const place = places[stack];
    if (!place)
      return failed({ code: "STACK_NOT_FOUND", message: `${stack} is no stack of this deployment` });
    let given = outputs.get(stack);
    if (!given) {
      const seen = settled(
        await clients.in(place.region, place.account).operations.snapshot(place.stackName),
      );
      if (!seen.ok) return failed(errorDetailOf(seen.failure));
      given = seen.value.outputs;
      outputs.set(stack, given);
    }
    const found = given[output];
    if (found === undefined) {
      const message = `Parameter ${key}: the stack ${stack} has no output ${output}`;
      return failed({ code: "OUTPUT_NOT_FOUND", message });
    }
    parameters[key] = found;
  }
  return success(parameters);
};

/** What a stack is to become, in CloudFormation's terms: outputs of other stacks looked up, and our own tags set. */
import type { StackWish } from "../aws/stack-wish.ts";
import type { Order } from "../domain/orchestration/desk-calls.ts";
import type { ErrorDetail } from "../protocol/deployment-events.ts";
import { outputAddressOf, OWN_TAGS } from "../protocol/deployment-plan.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { refusalOf, settled, type Hands } from "./hands.ts";

/** A name that a token has, within what a tag may hold. */
export const userTagOf = (user: string): string =>
  user.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_").slice(0, 256) || "-";

/** What the tag of a deployment's stacks says. */
export const deploymentTagOf = ({ deploymentId, environment }: Order["address"]): string =>
  `${deploymentId}/${environment}`;

export const wishOf = async (order: Order, hands: Hands): Promise<Result<StackWish, ErrorDetail>> => {
  const { plan, template, address, user } = order;
  const parameters = await parametersOf(order, hands);
  if (!parameters.ok) return parameters;
  return success({
    template,
    parameters: parameters.value,
    tags: {
      ...plan.tags,
      [OWN_TAGS.deployment]: deploymentTagOf(address),
      [OWN_TAGS.user]: userTagOf(user),
    },
    capabilities: plan.capabilities,
  });
};

const parametersOf = async (
  { plan, places }: Order,
  hands: Hands,
): Promise<Result<Record<string, string>, ErrorDetail>> => {
  const outputs = new Map<string, Readonly<Record<string, string>>>();
  const parameters: Record<string, string> = {};
  for (const [key, value] of Object.entries(plan.parameters)) {
    if (typeof value === "string") {
      parameters[key] = value;
      continue;
    }
    const { stack, output } = outputAddressOf(value.fromOutput);
    const place = places[stack];
    if (!place)
      return failed({ code: "STACK_NOT_FOUND", message: `${stack} is no stack of this deployment` });
    let given = outputs.get(stack);
    if (!given) {
      const seen = settled(await hands.in(place.region).operations.picture(place.stackName));
      if (!seen.ok) return failed(refusalOf(seen.failure));
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

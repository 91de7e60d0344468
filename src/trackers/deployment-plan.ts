/** A registration of the mode `deploy` taken apart into what is kept of it, and put together again for the next run. */
import { outputNamesOf } from "../aws/template-outputs.ts";
import type { Plan, StackPlan } from "../domain/orchestration/desk-calls.ts";
import type { DeploymentAddress } from "../protocol/channel-names.ts";
import { outputAddressOf } from "../protocol/deployment-plan.ts";
import type { Registration } from "../protocol/deployment-requests.ts";
import type { Failure } from "../protocol/failure.ts";

/** The plan, and beside it the templates that were sent, by stack. */
export const planOf = (
  { stacks, owner, onFailure = "stop" }: Registration,
  defaultRegion: string,
): Readonly<{ plan: Plan; templates: ReadonlyMap<string, string> }> => ({
  plan: {
    stacks: stacks.map((stack): StackPlan => ({
      name: stack.name,
      stackName: stack.stackName ?? stack.name,
      region: stack.region ?? defaultRegion,
      dependsOn: stack.dependsOn ?? [],
      parameters: stack.parameters ?? {},
      capabilities: stack.capabilities ?? [],
      tags: stack.tags ?? {},
      ...(stack.templateUrl !== undefined && { templateUrl: stack.templateUrl }),
    })),
    onFailure,
    ...(owner !== undefined && { owner }),
  },
  templates: new Map(
    stacks.flatMap(({ name, templateBody }) => (templateBody === undefined ? [] : [[name, templateBody]])),
  ),
});

/**
 * Why the plan cannot work out: parameters take outputs that the other stack's template does not have. Of a template that
 * is told by its address nothing is known.
 */
export const outputFailureOf = (
  { stacks }: Plan,
  templates: ReadonlyMap<string, string>,
): Failure | undefined => {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  const outputsOf = (stack: string): ReadonlySet<string> | undefined => {
    if (!known.has(stack)) known.set(stack, outputNamesOf(templates.get(stack) ?? ""));
    return known.get(stack);
  };
  const details = stacks.flatMap(({ name, parameters }, index) =>
    Object.entries(parameters).flatMap(([key, value]) => {
      if (typeof value === "string") return [];
      const { stack, output } = outputAddressOf(value.fromOutput);
      if (outputsOf(stack)?.has(output) ?? true) return [];
      const message = `${name} takes the output ${output} of ${stack}, whose template has no such output`;
      return [{ field: `stacks.${index}.parameters.${key}.fromOutput`, message }];
    }),
  );
  const [first] = details;
  return first && { code: "INVALID_REQUEST", message: `${first.field}: ${first.message}`, details };
};

/** The stacks of a plan as they are registered for a run: where they are, and on what they depend. */
export const registrationOf = (
  { stacks, owner, onFailure }: Plan,
  address: DeploymentAddress,
): Registration => ({
  ...address,
  mode: "deploy",
  stacks: stacks.map(({ name, stackName, region, dependsOn }) => ({
    name,
    stackName,
    region,
    dependsOn: [...dependsOn],
  })),
  onFailure,
  ...(owner !== undefined && { owner }),
});

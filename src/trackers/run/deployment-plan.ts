/** A registration of the mode `deploy` taken apart into what is kept of it, and put together again for the next run. */
import type { Plan, StackPlan } from "../../domain/run/desk-calls.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { tagsOf } from "../../protocol/deployment/deployment-plan.ts";
import type { Registration } from "../../protocol/deployment/deployment-requests.ts";
import { optionsOf } from "../../protocol/stack/stack-options.ts";
import { valuesOf } from "../../protocol/stack/stack-parameters.ts";

/** The plan, and beside it the templates that were sent, by stack. */
export const planOf = (
  { stacks, owner, onFailure = "stop", parameters, tags }: Registration,
  defaultRegion: string,
): Readonly<{ plan: Plan; templates: ReadonlyMap<string, string> }> => ({
  plan: {
    stacks: stacks.map((stack): StackPlan => {
      const options = optionsOf(stack);
      return {
        name: stack.name,
        stackName: stack.stackName ?? stack.name,
        region: stack.region ?? defaultRegion,
        dependsOn: stack.dependsOn ?? [],
        parameters: valuesOf(stack.parameters),
        capabilities: stack.capabilities ?? [],
        tags: tagsOf(stack.tags),
        ...(stack.templateUrl !== undefined && { templateUrl: stack.templateUrl }),
        ...((parameters ?? stack.parameters) === "exact" && { exactParameters: true }),
        ...((tags ?? stack.tags) === "replace" && { replaceTags: true }),
        ...(options && { options }),
      };
    }),
    onFailure,
    ...(owner !== undefined && { owner }),
  },
  templates: new Map(
    stacks.flatMap(({ name, templateBody }) => (templateBody === undefined ? [] : [[name, templateBody]])),
  ),
});

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

/** The plan of a registration of the mode `deploy`: what is kept of it, for its run and the next. */
import type { DeploymentPlan, StackPlan } from "../../domain/run/run-calls.ts";
import { tagsOf } from "../../protocol/deployment/deployment-plan.ts";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import type { Registration } from "../../protocol/deployment/deployment-requests.ts";
import { optionsOf } from "../../protocol/stack/stack-options.ts";
import { valuesOf } from "../../protocol/stack/stack-parameters.ts";

/** The plan, and beside it the templates that were sent, by stack. */
export const deploymentPlanOf = (
  { stacks, owner, onFailure = "stop", order, parameters, tags }: Registration,
  defaultRegion: string,
): Readonly<{ plan: DeploymentPlan; templates: ReadonlyMap<string, string> }> => ({
  plan: {
    stacks: stacks.map((stack): StackPlan => {
      const options = optionsOf(stack);
      return {
        name: stack.name,
        stackName: stack.stackName ?? stack.name,
        ...inAccount(stack.account),
        region: stack.region ?? defaultRegion,
        dependsOn: stack.dependsOn ?? [],
        parameters: valuesOf(stack.parameters),
        capabilities: stack.capabilities ?? [],
        tags: tagsOf(stack.tags),
        ...(stack.templateUrl !== undefined && { templateUrl: stack.templateUrl }),
        ...((parameters ?? stack.parameters) === "exact" && { exactParameters: true }),
        ...((tags ?? stack.tags) === "replace" && { replaceTags: true }),
        ...(stack.retain && stack.retain.length > 0 && { retain: stack.retain }),
        ...(options && { options }),
      };
    }),
    onFailure,
    ...(order === "layers" && { order }),
    ...(owner !== undefined && { owner }),
  },
  templates: new Map(
    stacks.flatMap(({ name, templateBody }) => (templateBody === undefined ? [] : [[name, templateBody]])),
  ),
});

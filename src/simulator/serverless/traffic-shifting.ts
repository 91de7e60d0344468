/** Functions that shift their traffic step by step: CodeDeploy's application, its role, and a group for each. */
import { recordOf, ref, getAtt, type Expansion, type Node } from "./expansion.ts";

const APPLICATION = "ServerlessDeploymentApplication";
const ROLE = "CodeDeployServiceRole";

const isEnabled = (expansion: Expansion, preference: Node): boolean => {
  const enabled = expansion.resolved(preference["Enabled"]);
  return enabled !== false && enabled !== "false" && enabled !== "False";
};

/** Adds what the functions that asked for it need. */
export const addTrafficShifting = (expansion: Expansion): void => {
  const shifting = [...expansion.shifting].filter(([, { preference }]) => isEnabled(expansion, preference));
  if (shifting.length === 0) return;
  expansion.add(APPLICATION, "AWS::CodeDeploy::Application", { ComputePlatform: "Lambda" });
  const needsRole = shifting.some(([, { preference }]) => preference["Role"] === undefined);
  if (needsRole) expansion.add(ROLE, "AWS::IAM::Role", { AssumeRolePolicyDocument: {} });
  for (const [id, { preference }] of shifting) {
    const group = `${id}DeploymentGroup`;
    const { Alarms, Role = getAtt(ROLE, "Arn"), TriggerConfigurations, Type, Hooks } = preference;
    expansion.add(group, "AWS::CodeDeploy::DeploymentGroup", {
      ApplicationName: ref(APPLICATION),
      DeploymentConfigName: Type,
      ServiceRoleArn: Role,
      TriggerConfigurations,
      AlarmConfiguration: Alarms === undefined ? undefined : { Alarms },
    });
    const alias = expansion.references.get(`${id}.Alias`);
    const resource = alias === undefined ? undefined : expansion.resources.get(alias);
    if (alias === undefined || resource === undefined) continue;
    const { PreTraffic, PostTraffic } = recordOf(Hooks);
    const CodeDeployLambdaAliasUpdate = {
      ApplicationName: ref(APPLICATION),
      DeploymentGroupName: ref(group),
      ...(PreTraffic !== undefined && { BeforeAllowTrafficHook: PreTraffic }),
      ...(PostTraffic !== undefined && { AfterAllowTrafficHook: PostTraffic }),
    };
    expansion.resources.set(alias, { ...resource, UpdatePolicy: { CodeDeployLambdaAliasUpdate } });
  }
};

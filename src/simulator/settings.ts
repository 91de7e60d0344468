/** What a request asks of a stack, read with its template and its parameters into what the stack shall be. */
import type { Account } from "./account.ts";
import { exportsIn } from "./exports.ts";
import { Refusal } from "./wire/refusal.ts";
import type { Identity, Settings, Tag } from "./stack.ts";
import { checkedTemplate, type Template } from "./template/parse.ts";
import { parameterValuesOf, resolveParameters, type GivenParameter } from "./template/parameters.ts";
import { planOf } from "./template/plan.ts";
import { templateTree } from "./template/template-tree.ts";
import { declaredTemplate, processedTree } from "./template/transforms.ts";

/** A stack as a request, or a parent's template, describes it. What is absent stays as it was. */
export type RequestedStack = Readonly<{
  body?: string | undefined;
  parameters: readonly GivenParameter[];
  tags?: readonly Tag[] | undefined;
  capabilities: readonly string[];
  disableRollback?: boolean | undefined;
  onFailure?: Settings["onFailure"] | undefined;
  notificationArns?: readonly string[] | undefined;
  roleArn?: string | undefined;
  timeoutMinutes?: number | undefined;
  /** `DeploymentConfig.Mode`: whether the operation ends before its resources are ready. */
  isExpress?: boolean | undefined;
  retainExceptOnCreate?: boolean | undefined;
  /** Whether a change set shows what transforms make before it is made: they need no acknowledgement then. */
  isChangeSet?: boolean | undefined;
}>;

/** Which capabilities the template's resources ask for, and its transforms. */
export const capabilitiesNeeded = (template: Template, transforms: readonly string[]): readonly string[] => {
  const iam = Object.values(template.Resources).filter(({ Type }) => Type.startsWith("AWS::IAM::"));
  const isNamed = iam.some(({ Properties }) =>
    ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"].some(
      (name) => name in Properties,
    ),
  );
  return [
    ...(isNamed ? ["CAPABILITY_NAMED_IAM"] : iam.length > 0 ? ["CAPABILITY_IAM"] : []),
    ...(transforms.length === 0 ? [] : ["CAPABILITY_AUTO_EXPAND"]),
  ];
};

/** Applications bring templates of their own, which a change set of their parent does not show. */
const hasApplications = ({ Resources: resources }: Template): boolean =>
  Object.values(resources).some(({ Type }) => Type === "AWS::Serverless::Application");

const checkCapabilities = (
  template: Template,
  transforms: readonly string[],
  given: readonly string[],
): void => {
  const missing = capabilitiesNeeded(template, transforms).filter(
    (needed) =>
      !given.includes(needed) && !(needed === "CAPABILITY_IAM" && given.includes("CAPABILITY_NAMED_IAM")),
  );
  if (missing.length > 0) {
    throw new Refusal("InsufficientCapabilitiesException", `Requires capabilities : [${missing.join(", ")}]`);
  }
};

/** Refuses what AWS refuses before an operation begins. */
export const settingsOf = (
  account: Account,
  identity: Identity,
  requested: RequestedStack,
  before?: Settings,
): Settings => {
  const body = requested.body ?? before?.body ?? "";
  const tree = templateTree(body);
  const { template: declared, transforms } = declaredTemplate(tree);
  const parameters = resolveParameters(declared, requested.parameters, before?.parameters);
  const tags = requested.tags ?? before?.tags ?? [];
  const pseudo = {
    "AWS::AccountId": account.options.accountId,
    "AWS::Region": identity.region,
    "AWS::StackId": identity.id,
    "AWS::StackName": identity.name,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NotificationARNs": "",
  };
  const processed = processedTree(tree, {
    accountId: account.options.accountId,
    parameters: { ...parameterValuesOf(parameters), ...pseudo },
    textAt: (location) => account.textAt(location),
  });
  const template = transforms.length === 0 ? declared : checkedTemplate(processed);
  if (identity.parentId === undefined) {
    const isShown = requested.isChangeSet === true && !hasApplications(declared);
    checkCapabilities(template, isShown ? [] : transforms, requested.capabilities);
  }
  const exported = new Map(exportsIn(account, identity.region).map(({ name, value }) => [name, value]));
  return {
    body,
    processed: transforms.length === 0 ? body : JSON.stringify(processed, null, 2),
    description: template.Description ?? "",
    plan: planOf(template, parameters, pseudo, (name) => exported.get(name)),
    parameters,
    tags,
    capabilities: requested.capabilities,
    disableRollback: requested.disableRollback ?? false,
    onFailure: requested.onFailure ?? "ROLLBACK",
    notificationArns: requested.notificationArns ?? before?.notificationArns ?? [],
    roleArn: requested.roleArn ?? before?.roleArn ?? "",
    timeoutMinutes: requested.timeoutMinutes ?? before?.timeoutMinutes,
    isExpress: requested.isExpress ?? false,
    retainExceptOnCreate: requested.retainExceptOnCreate ?? false,
    hasTransform: transforms.length > 0,
  };
};

/**
 * What a request to the endpoint does, and to which stack: decided by the action and its parameters alone. What is not known
 * here is passed on, for keys that cover all stacks of the account and region.
 */
import { STACK_NAME } from "../../protocol/connection/channel-names.ts";
import { validationRefusal, type QueryRefusal } from "../../protocol/query-refusal.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { stackOfArn } from "../radar/swept-stack.ts";

/** An action of AWS's Query protocol and its parameters, flat. */
export type QueryRequest = Readonly<{ action: string; parameters: ReadonlyMap<string, string> }>;

type Effect = "read" | "write";

/** The parameter that makes a repeated request the same operation. */
type TokenName = "ClientRequestToken" | "ClientToken";

/**
 * `repeatable`: done twice, it does no more than once, or its token sees to that. `begins`: an operation that is to be
 * followed. `takesRole`: it is done as the account's execution role, if that has one. `asDeployer`: only the role that deploys has the right.
 */
type Traits = Readonly<{
  effect: Effect;
  token?: TokenName;
  repeatable?: true;
  begins?: true;
  takesRole?: true;
  asDeployer?: true;
}>;

const READ: Traits = { effect: "read", repeatable: true };
const CHANGE: Traits = { effect: "write", repeatable: true };
const OPERATION: Traits = { ...CHANGE, token: "ClientRequestToken", begins: true };

/** Actions on one stack, which `StackName` names, or the ARN of a change set of it. */
const OF_A_STACK: ReadonlyMap<string, Traits> = new Map([
  ["DescribeStacks", READ],
  ["DescribeStackEvents", READ],
  ["DescribeEvents", READ],
  ["DescribeStackResource", READ],
  ["DescribeStackResources", READ],
  ["DescribeStackResourceDrifts", READ],
  ["ListStackResources", READ],
  ["GetTemplate", READ],
  ["GetTemplateSummary", READ],
  ["GetStackPolicy", { ...READ, asDeployer: true }],
  ["DescribeChangeSet", READ],
  ["DescribeChangeSetHooks", READ],
  ["ListChangeSets", READ],
  ["CreateStack", { ...OPERATION, takesRole: true }],
  ["UpdateStack", { ...OPERATION, takesRole: true }],
  ["DeleteStack", OPERATION],
  ["ContinueUpdateRollback", OPERATION],
  ["RollbackStack", OPERATION],
  ["CancelUpdateStack", OPERATION],
  ["ExecuteChangeSet", OPERATION],
  ["CreateChangeSet", { ...CHANGE, token: "ClientToken", takesRole: true }],
  ["DeleteChangeSet", CHANGE],
  ["SetStackPolicy", CHANGE],
  ["UpdateTerminationProtection", CHANGE],
  ["SignalResource", CHANGE],
  ["DetectStackDrift", CHANGE],
  ["DetectStackResourceDrift", CHANGE],
] as const);

/** What these ask of a template, and of no stack. */
const OF_A_TEMPLATE: ReadonlyMap<string, Traits> = new Map([
  ["ValidateTemplate", { ...READ, asDeployer: true }],
  ["EstimateTemplateCost", READ],
  ["GetTemplateSummary", READ],
] as const);

/** Name what is read or changed beside a stack's name, or in its place. */
const OTHER_NAMES = ["PhysicalResourceId", "OperationId", "StackSetName", "HookResultId"];

/** `region`: all stacks there, or what is not known. `byUrl`: AWS fetches the template with the account's own rights. */
type About =
  | Readonly<{ kind: "stack"; stackName: string }>
  | Readonly<{ kind: "change-set"; arn: string; stackName: string | undefined }>
  | Readonly<{ kind: "template"; byUrl: boolean }>
  | Readonly<{ kind: "region" }>;

export type EndpointCall = QueryRequest & Readonly<{ traits: Traits; about: About }>;

const CHANGE_SET_ARN =
  /^arn:[a-z-]+:cloudformation:([a-z0-9-]{1,32}):\d{12}:changeSet\/[A-Za-z][-A-Za-z0-9]{0,127}\/[^/\s]{1,64}$/;

const shownValue = (value: string): string => (value.length > 200 ? `${value.slice(0, 200)}…` : value);

/** A stack's name, of itself or of its ARN; it has to be of the region that is asked. */
const stackNamed = (value: string, region: string): Result<string, QueryRefusal> => {
  if (STACK_NAME.test(value)) return success(value);
  const stack = stackOfArn(value);
  if (stack?.region === region) return success(stack.stackName);
  return failed(
    validationRefusal(
      stack
        ? `Stack [${shownValue(value)}] is not in the region ${region}`
        : `1 validation error detected: Value '${shownValue(value)}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
    ),
  );
};

const aboutOf = ({ action, parameters }: QueryRequest, region: string): Result<About, QueryRefusal> => {
  if (!OF_A_STACK.has(action) && !OF_A_TEMPLATE.has(action)) return success({ kind: "region" });
  if (OTHER_NAMES.some((name) => parameters.has(name))) return success({ kind: "region" });
  const named = parameters.get("StackName");
  const stack = named === undefined ? undefined : stackNamed(named, region);
  if (stack?.ok === false) return stack;
  const changeSet = parameters.get("ChangeSetName") ?? "";
  if (OF_A_STACK.has(action) && changeSet.startsWith("arn:")) {
    if (CHANGE_SET_ARN.exec(changeSet)?.[1] === region)
      return success({ kind: "change-set", arn: changeSet, stackName: stack?.value });
    return failed(validationRefusal(`ChangeSet [${shownValue(changeSet)}] is not in the region ${region}`));
  }
  if (stack) return success({ kind: "stack", stackName: stack.value });
  if (OF_A_TEMPLATE.has(action)) return success({ kind: "template", byUrl: parameters.has("TemplateURL") });
  return success({ kind: "region" });
};

/** What a request to a region's endpoint does. Actions that are not known change something unless they are named as reads. */
export const endpointCallOf = (request: QueryRequest, region: string): Result<EndpointCall, QueryRefusal> => {
  const about = aboutOf(request, region);
  if (!about.ok) return about;
  const { action } = request;
  const known = OF_A_STACK.get(action) ?? OF_A_TEMPLATE.get(action);
  const isReading = /^(?:Describe|List|Get|BatchDescribe)[A-Z]/.test(action);
  return success({
    ...request,
    traits: known ?? (isReading ? READ : { effect: "write" }),
    about: about.value,
  });
};

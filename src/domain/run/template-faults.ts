/** Why a stack's plan and its template do not go together: found before anything is begun. */
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { ParameterValue } from "../../protocol/stack/stack-parameters.ts";

/** What a template asks of whoever deploys it. */
type Demands = Readonly<{
  parameters: readonly Readonly<{ name: string; defaultValue?: string }>[];
  capabilities: readonly string[];
}>;

type Given = Readonly<{
  parameters: Readonly<Record<string, ParameterValue>>;
  exactParameters?: boolean;
  capabilities: readonly string[];
}>;

const isPrevious = (value: ParameterValue | undefined): boolean =>
  typeof value === "object" && "usePrevious" in value;

/** Parameters that only what the stack has can give a value: those that are left to it, and those that nobody gives one. */
export const leftToStack = ({ parameters, exactParameters }: Given, demands: Demands): readonly string[] => {
  const asked = Object.keys(parameters).filter((name) => isPrevious(parameters[name]));
  if (exactParameters) return asked;
  const open = demands.parameters.filter(
    ({ name, defaultValue }) => defaultValue === undefined && parameters[name] === undefined,
  );
  return [...asked, ...open.map(({ name }) => name)];
};

/** The first fault; undefined: they go together. `previous`: names of the parameters that the stack has. */
export const templateFaultOf = (
  plan: Given,
  demands: Demands,
  previous: ReadonlySet<string> = new Set(),
): ErrorDetail | undefined => {
  const declared = new Set(demands.parameters.map(({ name }) => name));
  // Stand-ins for AWS tell no parameters at all: then the change set finds out.
  const unknown = declared.size > 0 ? Object.keys(plan.parameters).filter((name) => !declared.has(name)) : [];
  if (unknown.length > 0)
    return { code: "UNKNOWN_PARAMETERS", message: `The template has no parameters ${unknown.join(", ")}` };
  const without = leftToStack(plan, demands).filter((name) => !previous.has(name));
  if (plan.exactParameters)
    for (const { name, defaultValue } of demands.parameters)
      if (defaultValue === undefined && plan.parameters[name] === undefined) without.push(name);
  if (without.length > 0) {
    const names = without.join(", ");
    return { code: "MISSING_PARAMETERS", message: `These parameters have no default and no value: ${names}` };
  }
  const lacking = demands.capabilities.filter((needed) => !covers(plan.capabilities, needed));
  return lacking.length === 0
    ? undefined
    : {
        code: "MISSING_CAPABILITIES",
        message: `The template creates resources that must be acknowledged: add ${lacking.join(", ")} to capabilities`,
      };
};

/** To acknowledge named IAM resources is to acknowledge IAM resources. */
const covers = (given: readonly string[], needed: string): boolean =>
  given.includes(needed) || (needed === "CAPABILITY_IAM" && given.includes("CAPABILITY_NAMED_IAM"));

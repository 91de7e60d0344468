/** Why a stack's plan and its template do not go together: found before anything is begun. */
import type { ParameterValue } from "../../protocol/deployment-plan.ts";
import type { ErrorDetail } from "../../protocol/deployment-events.ts";

/** What a template asks of whoever deploys it. */
type Demands = Readonly<{
  parameters: readonly Readonly<{ name: string; defaultValue?: string }>[];
  capabilities: readonly string[];
}>;

/** The first fault; undefined: they go together. */
export const templateFaultOf = (
  plan: Readonly<{
    parameters: Readonly<Record<string, ParameterValue>>;
    capabilities: readonly string[];
  }>,
  demands: Demands,
): ErrorDetail | undefined => {
  const declared = new Set(demands.parameters.map(({ name }) => name));
  // Stand-ins for AWS tell no parameters at all: then the change set finds out.
  const unknown = declared.size > 0 ? Object.keys(plan.parameters).filter((name) => !declared.has(name)) : [];
  if (unknown.length > 0)
    return { code: "UNKNOWN_PARAMETERS", message: `The template has no parameters ${unknown.join(", ")}` };
  const missing = demands.parameters.filter(
    ({ name, defaultValue }) => defaultValue === undefined && plan.parameters[name] === undefined,
  );
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    return { code: "MISSING_PARAMETERS", message: `These parameters have no default and no value: ${names}` };
  }
  const lacking = demands.capabilities.filter((needed) => !covers(plan.capabilities, needed));
  return lacking.length === 0
    ? undefined
    : {
        code: "MISSING_CAPABILITIES",
        message: `The template makes what has to be acknowledged: add ${lacking.join(", ")} to capabilities`,
      };
};

/** To acknowledge named IAM resources is to acknowledge IAM resources. */
const covers = (given: readonly string[], needed: string): boolean =>
  given.includes(needed) || (needed === "CAPABILITY_IAM" && given.includes("CAPABILITY_NAMED_IAM"));

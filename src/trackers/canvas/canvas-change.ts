/** What a request to deploy makes of a stack, beside what the stack has; and what is known to be wrong beforehand. */
import type { StackSnapshot, TemplateDemands } from "../../aws/cloudformation/stack-operations.ts";
import type { DesiredStack } from "../../aws/cloudformation/desired-stack.ts";
import { capabilitiesRequired } from "../../domain/failure/aws-failures.ts";
import { keptParameters, sendableTags, userTagOf } from "../../domain/run/desired-stack.ts";
import type { CanvasChange } from "../../protocol/deployment/canvas-deploy.ts";
import { OWN_TAGS } from "../../protocol/deployment/deployment-plan.ts";
import type { Failure } from "../../protocol/failure.ts";

/** `before`: the stack as it is, if there is one. */
export const canvasChangeOf = (
  change: CanvasChange,
  user: string,
  demands: TemplateDemands,
  before: StackSnapshot | undefined,
): DesiredStack => {
  const { roleArn = change.executionRoleArn, notificationArns, deploymentMode } = change.options ?? {};
  const declared = demands.parameters.map(({ name }) => name);
  const kept =
    before && !change.exactParameters
      ? keptParameters(
          before.parameters,
          declared.length > 0 ? declared : undefined,
          "body" in change.template ? change.template.body : undefined,
        )
      : {};
  return {
    template: change.template,
    parameters: { ...kept, ...change.parameters },
    tags: {
      ...(before && !change.replaceTags && sendableTags(before.tags)),
      ...change.tags,
      [OWN_TAGS.user]: userTagOf(user),
    },
    capabilities: change.capabilities,
    ...(roleArn !== undefined && { roleArn }),
    ...(notificationArns && { notificationArns }),
    ...((deploymentMode === "EXPRESS" || deploymentMode === "STANDARD") && { mode: deploymentMode }),
  };
};

/** What CloudFormation would refuse; undefined: nothing that can be known here. */
export const canvasFault = (
  change: CanvasChange,
  demands: TemplateDemands,
  desired: DesiredStack,
  before: StackSnapshot | undefined,
): Failure | undefined => {
  const declared = new Set(demands.parameters.map(({ name }) => name));
  const named = new Set(Object.keys(desired.parameters ?? {}));
  // Some stand-ins for AWS do not tell a template's parameters.
  const unknown =
    declared.size === 0 ? [] : Object.keys(change.parameters).filter((name) => !declared.has(name));
  const missing = demands.parameters
    .filter(({ name, defaultValue }) => defaultValue === undefined && !named.has(name))
    .map(({ name }) => name);
  const lost = Object.entries(change.parameters)
    .filter(([name, value]) => typeof value !== "string" && !Object.hasOwn(before?.parameters ?? {}, name))
    .map(([name]) => name);
  const details = [
    ...(before && change.options?.timeoutMinutes !== undefined
      ? [{ field: "timeoutMinutes", message: "is taken for a new stack only: leave it out" }]
      : []),
    ...lost.map((name) => ({
      field: `parameters.${name}`,
      message: "the stack has no value that could be reused",
    })),
    ...unknown.map((name) => ({ field: `parameters.${name}`, message: "is no parameter of the template" })),
    ...missing.map((name) => ({ field: `parameters.${name}`, message: "must have a value" })),
  ];
  if (details.length > 0) {
    const message = details.map(({ field, message: wrong }) => `${field}: ${wrong}`).join("; ");
    return { code: "INVALID_REQUEST", message, details };
  }
  const given = new Set(change.capabilities);
  const needed = demands.capabilities.filter(
    (capability) =>
      !given.has(capability) && !(capability === "CAPABILITY_IAM" && given.has("CAPABILITY_NAMED_IAM")),
  );
  return needed.length > 0 ? capabilitiesRequired(needed) : undefined;
};

const isSameRecord = (
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean => {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
};

/**
 * Whether the change differs from the stack, their templates being the same, in nothing but who asks for it. CloudFormation
 * would take that for a change of a tag, and touch every resource.
 */
export const isOnlyAnotherUser = (
  change: CanvasChange,
  desired: DesiredStack,
  before: StackSnapshot,
): boolean => {
  if (change.exactParameters || change.options) return false;
  const user = desired.tags?.[OWN_TAGS.user];
  if (user === undefined || before.tags[OWN_TAGS.user] === user) return false;
  const parameters = Object.entries(desired.parameters ?? {});
  return (
    parameters.every(([name, value]) => typeof value !== "string" || value === before.parameters[name]) &&
    isSameRecord({ ...sendableTags(before.tags), [OWN_TAGS.user]: user }, desired.tags ?? {})
  );
};

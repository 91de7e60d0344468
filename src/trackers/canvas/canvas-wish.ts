/** What a request to deploy makes of a stack, beside what the stack has; and what can be told to be wrong beforehand. */
import type { StackPicture, TemplateDemands } from "../../aws/cloudformation/stack-operations.ts";
import type { StackWish } from "../../aws/cloudformation/stack-wish.ts";
import { capabilitiesRequired } from "../../domain/failure/aws-failures.ts";
import { keptParameters, sendableTags, userTagOf } from "../../domain/run/desired-stack.ts";
import type { CanvasOrder } from "../../protocol/deployment/canvas-deploy.ts";
import { OWN_TAGS } from "../../protocol/deployment/deployment-plan.ts";
import type { Failure } from "../../protocol/failure.ts";

/** `before`: the stack as it is, if there is one. */
export const canvasWishOf = (
  order: CanvasOrder,
  user: string,
  demands: TemplateDemands,
  before: StackPicture | undefined,
): StackWish => {
  const { roleArn = order.executionRoleArn, notificationArns, deploymentMode } = order.options ?? {};
  const declared = demands.parameters.map(({ name }) => name);
  const kept =
    before && !order.exactParameters
      ? keptParameters(
          before.parameters,
          declared.length > 0 ? declared : undefined,
          "body" in order.template ? order.template.body : undefined,
        )
      : {};
  return {
    template: order.template,
    parameters: { ...kept, ...order.parameters },
    tags: {
      ...(before && !order.replaceTags && sendableTags(before.tags)),
      ...order.tags,
      [OWN_TAGS.user]: userTagOf(user),
    },
    capabilities: order.capabilities,
    ...(roleArn !== undefined && { roleArn }),
    ...(notificationArns && { notificationArns }),
    ...((deploymentMode === "EXPRESS" || deploymentMode === "STANDARD") && { mode: deploymentMode }),
  };
};

/** What CloudFormation would refuse; undefined: nothing that can be known here. */
export const canvasFault = (
  order: CanvasOrder,
  demands: TemplateDemands,
  wish: StackWish,
  before: StackPicture | undefined,
): Failure | undefined => {
  const declared = new Set(demands.parameters.map(({ name }) => name));
  const wished = new Set(Object.keys(wish.parameters ?? {}));
  // Some stand-ins for AWS do not tell a template's parameters.
  const unknown =
    declared.size === 0 ? [] : Object.keys(order.parameters).filter((name) => !declared.has(name));
  const missing = demands.parameters
    .filter(({ name, defaultValue }) => defaultValue === undefined && !wished.has(name))
    .map(({ name }) => name);
  const lost = Object.entries(order.parameters)
    .filter(([name, value]) => typeof value !== "string" && !Object.hasOwn(before?.parameters ?? {}, name))
    .map(([name]) => name);
  const details = [
    ...(before && order.options?.timeoutMinutes !== undefined
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
  const given = new Set(order.capabilities);
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
 * Whether the wish differs from the stack, their templates being the same, in nothing but who wishes it. CloudFormation
 * would take that for a change of a tag, and touch every resource.
 */
export const isOnlyAnotherUser = (order: CanvasOrder, wish: StackWish, before: StackPicture): boolean => {
  if (order.exactParameters || order.options) return false;
  const user = wish.tags?.[OWN_TAGS.user];
  if (user === undefined || before.tags[OWN_TAGS.user] === user) return false;
  const parameters = Object.entries(wish.parameters ?? {});
  return (
    parameters.every(([name, value]) => typeof value !== "string" || value === before.parameters[name]) &&
    isSameRecord({ ...sendableTags(before.tags), [OWN_TAGS.user]: user }, wish.tags ?? {})
  );
};

/** What a request to deploy makes of a stack, beside what the stack has; and what can be told to be wrong beforehand. */
import type { StackPicture, TemplateDemands } from "../aws/stack-operations.ts";
import type { ParameterWish, StackWish } from "../aws/stack-wish.ts";
import { capabilitiesRequired } from "../domain/deploy-refusal.ts";
import type { CanvasOrder } from "../protocol/canvas-deploy.ts";
import { OWN_TAGS } from "../protocol/deployment-plan.ts";
import type { Failure } from "../protocol/failure.ts";

const MAX_TAG_VALUE = 256;

/** The subject as a tag's value may be. */
const userTagOf = (user: string): string =>
  user.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_").slice(0, MAX_TAG_VALUE);

/** AWS's own tags are not to be sent. */
const sendable = (tags: StackPicture["tags"]): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));

/** `before`: the stack as it is, if there is one. */
export const canvasWishOf = (
  order: CanvasOrder,
  user: string,
  demands: TemplateDemands,
  before: StackPicture | undefined,
): StackWish => {
  const kept = demands.parameters.flatMap(({ name }): [string, ParameterWish][] =>
    before && Object.hasOwn(before.parameters, name) ? [[name, { usePrevious: true }]] : [],
  );
  const tags = order.tags ?? (before ? sendable(before.tags) : {});
  return {
    template: order.template,
    parameters: { ...Object.fromEntries(kept), ...order.parameters },
    tags: { ...tags, [OWN_TAGS.user]: userTagOf(user) },
    capabilities: order.capabilities,
  };
};

/** What CloudFormation would refuse; undefined: nothing that can be known here. */
export const canvasFault = (
  order: CanvasOrder,
  demands: TemplateDemands,
  wish: StackWish,
): Failure | undefined => {
  const declared = new Set(demands.parameters.map(({ name }) => name));
  const wished = new Set(Object.keys(wish.parameters ?? {}));
  // Some stand-ins for AWS do not tell a template's parameters.
  const unknown =
    declared.size === 0 ? [] : Object.keys(order.parameters).filter((name) => !declared.has(name));
  const missing = demands.parameters
    .filter(({ name, defaultValue }) => defaultValue === undefined && !wished.has(name))
    .map(({ name }) => name);
  const details = [
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
export const isOnlyAnotherUser = (wish: StackWish, before: StackPicture): boolean => {
  const user = wish.tags?.[OWN_TAGS.user];
  if (user === undefined || before.tags[OWN_TAGS.user] === user) return false;
  const parameters = Object.entries(wish.parameters ?? {});
  return (
    parameters.every(([name, value]) => typeof value !== "string" || value === before.parameters[name]) &&
    isSameRecord({ ...sendable(before.tags), [OWN_TAGS.user]: user }, wish.tags ?? {})
  );
};

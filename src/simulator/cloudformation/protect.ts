/** What keeps a stack from being deleted or changed: termination protection and the stack policy. */
import { validationError } from "../wire/refusal.ts";
import { stackOf, type Action } from "./action.ts";

/** Of a root stack; a nested one has its root's. */
export const updateTerminationProtection: Action = (request) => {
  const stack = stackOf(request);
  const { id, parentId } = stack.identity;
  if (parentId !== undefined) {
    throw validationError(
      `Invalid operation on stack [${id}]. Termination protection cannot be updated on a nested stack.`,
    );
  }
  stack.isProtected = request.parameters.flag("EnableTerminationProtection") ?? false;
  return { StackId: id };
};

/** Kept and given back, and nothing else: no update is refused because of it. */
export const setStackPolicy: Action = (request) => {
  const stack = stackOf(request);
  stack.policy = request.parameters.required("StackPolicyBody");
  return undefined;
};

/** Without a body where none was set. */
export const getStackPolicy: Action = (request) => ({
  StackPolicyBody: stackOf(request).policy || undefined,
});

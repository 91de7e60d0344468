/** The actions that change stacks: they check what AWS checks, then let the play begin. */
import { isDeepStrictEqual } from "node:util";
import { hasNewTemplate } from "../play/nested.ts";
import { changesTo } from "../play/update.ts";
import { Refusal, validationError } from "../wire/refusal.ts";
import { settingsOf } from "../settings.ts";
import { Stack, type Settings } from "../stack.ts";
import type { Change } from "../template/difference.ts";
import type { Account } from "../account.ts";
import { stackOf, type Action, type ActionRequest } from "./action.ts";
import { requestedOf } from "./requested-stack.ts";

const UPDATABLE: ReadonlySet<string> = new Set([
  "CREATE_COMPLETE",
  "IMPORT_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
  "CREATE_FAILED",
  "UPDATE_FAILED",
]);

/** A name as CloudFormation allows it, or a refusal. */
export const checkStackName = (name: string): string => {
  if (/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) return name;
  throw validationError(
    `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
};

/** Refuses a stack that an operation runs on, or that has to be deleted first. */
export const checkUpdatable = ({ identity, status }: Stack): void => {
  if (!UPDATABLE.has(status)) {
    throw validationError(`Stack:${identity.id} is in ${status} state and can not be updated.`);
  }
};

/** Refuses an update with rollback where a failure was left as it is. */
export const checkNotPaused = ({ status, settings }: Stack, { disableRollback }: Settings): void => {
  if (status !== "CREATE_FAILED" && status !== "UPDATE_FAILED") return;
  if (status === "CREATE_FAILED" && settings.onFailure === "DO_NOTHING" && !settings.disableRollback) {
    throw validationError(
      "This stack cannot be updated from [CREATE_FAILED] state because it contains [on-failure: DO_NOTHING]. Please use disable-rollback option instead during stack creation.",
    );
  }
  if (!disableRollback) {
    throw validationError(
      `This stack is currently in a non-terminal [${status}] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API`,
    );
  }
};

/** What an update to these settings would touch; `isNothing` if it would change not even the outputs. */
export const proposedChanges = (
  account: Account,
  stack: Stack,
  after: Settings,
): { changes: readonly Change[]; isNothing: boolean } => {
  const before = stack.settings;
  if (before.plan === undefined || after.plan === undefined) {
    throw validationError(`Stack:${stack.identity.id} is a recording and can not be updated.`);
  }
  for (const [id, { type }] of after.plan.resources) {
    const old = before.plan.resources.get(id);
    if (old !== undefined && old.type !== type) {
      throw validationError(
        `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${id}]`,
      );
    }
  }
  const changes = changesTo(stack, after.plan, hasNewTemplate(account, stack));
  const isSame =
    isDeepStrictEqual(before.plan.outputs, after.plan.outputs) && isDeepStrictEqual(before.tags, after.tags);
  return { changes, isNothing: changes.length === 0 && isSame };
};

/** A stack of this name, not yet on any list: its first event puts it there. */
export const newStack = ({ account, region, parameters }: ActionRequest, name: string): Stack => {
  const identity = { id: account.arnOf(region, "stack", name, account.uuid()), name, region };
  return new Stack(
    identity,
    settingsOf(account, identity, requestedOf(account, parameters)),
    account.options.seed,
  );
};

/** AWS takes a token for one operation only. */
const checkToken = ({ events }: Stack, token: string | undefined): void => {
  if (token !== undefined && events.some(({ ClientRequestToken }) => ClientRequestToken === token)) {
    throw new Refusal("TokenAlreadyExistsException", "A client request token already exists.");
  }
};

const operationAnswer = (stack: Stack) => ({
  StackId: stack.identity.id,
  OperationId: stack.operations[0]?.id,
});

/** A repeat with the same token answers the stack that the first call made. */
export const createStack: Action = (request) => {
  const { account, parameters, player, region } = request;
  const name = checkStackName(parameters.required("StackName"));
  const token = parameters.get("ClientRequestToken");
  const existing = account.findStack(region, name);
  if (existing !== undefined) {
    const isRepeat = token !== undefined && existing.events[0]?.ClientRequestToken === token;
    if (isRepeat) return operationAnswer(existing);
    throw new Refusal("AlreadyExistsException", `Stack [${name}] already exists`);
  }
  const stack = newStack(request, name);
  stack.isProtected = parameters.flag("EnableTerminationProtection") ?? false;
  stack.policy = parameters.get("StackPolicyBody") ?? "";
  account.stacks.push(stack);
  void player.create(stack, token);
  return operationAnswer(stack);
};

/** Refused if nothing would change. */
export const updateStack: Action = (request) => {
  const { account, parameters, player } = request;
  const stack = stackOf(request);
  const token = parameters.get("ClientRequestToken");
  const newest = stack.ownEvents.findLast(({ ResourceStatus }) => ResourceStatus === "UPDATE_IN_PROGRESS");
  if (token !== undefined && newest?.ClientRequestToken === token) return operationAnswer(stack);
  checkToken(stack, token);
  checkUpdatable(stack);
  const settings = settingsOf(account, stack.identity, requestedOf(account, parameters), stack.settings);
  checkNotPaused(stack, settings);
  if (proposedChanges(account, stack, settings).isNothing)
    throw validationError("No updates are to be performed.");
  for (const set of account.changeSets)
    if (set.stack === stack && set.executionStatus === "AVAILABLE") set.executionStatus = "OBSOLETE";
  void player.update(stack, settings, token);
  return operationAnswer(stack);
};

/** Succeeds for a stack that is not there. */
export const deleteStack: Action = (request) => {
  const { account, parameters, player, region } = request;
  const stack = account.findStack(region, parameters.required("StackName"));
  // Deleting what is not there succeeds.
  if (stack === undefined || stack.isGone || stack.status === "DELETE_IN_PROGRESS") return undefined;
  const { name } = stack.identity;
  const { status } = stack;
  if (stack.isProtected)
    throw validationError(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
  if (status.endsWith("_IN_PROGRESS") && !/^(CREATE|REVIEW)_/.test(status)) {
    throw validationError(`Stack [${name}] cannot be deleted while in status ${status}`);
  }
  const retained = new Set(parameters.list("RetainResources"));
  const isForced = parameters.get("DeletionMode") === "FORCE_DELETE_STACK";
  if ((retained.size > 0 || isForced) && status !== "DELETE_FAILED") {
    throw validationError(
      `Invalid operation on stack [${stack.identity.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  }
  // What could not be deleted is left behind.
  for (const { logicalId, status: left } of isForced ? stack.resources.values() : [])
    if (left === "DELETE_FAILED") retained.add(logicalId);
  void player.delete(stack, {
    retained,
    token: parameters.get("ClientRequestToken"),
    isExpress: parameters.get("DeploymentConfig.Mode") === "EXPRESS",
  });
  return undefined;
};

/** Rolls back what failed with its rollback disabled. */
export const rollbackStack: Action = (request) => {
  const stack = stackOf(request);
  if (stack.status !== "CREATE_FAILED" && stack.status !== "UPDATE_FAILED") {
    throw validationError(
      `Stack [${stack.identity.name}] cannot be rolled back while in status ${stack.status}`,
    );
  }
  if (stack.settings.isExpress) {
    throw validationError(
      `Stack [${stack.identity.name}] cannot be rolled back: its last operation used deployment mode EXPRESS, which RollbackStack does not support`,
    );
  }
  void request.player.rollBack(stack, new Set(), request.parameters.get("ClientRequestToken"));
  return operationAnswer(stack);
};

/** Goes on with a rollback that failed. */
export const continueUpdateRollback: Action = (request) => {
  const stack = stackOf(request);
  if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
    throw validationError(
      `Stack:${stack.identity.id} is in ${stack.status} state and can not continue rolling back.`,
    );
  }
  const skipped = new Set(request.parameters.list("ResourcesToSkip"));
  void request.player.rollBack(stack, skipped, request.parameters.get("ClientRequestToken"));
  return {};
};

/** The update that runs rolls back. */
export const cancelUpdateStack: Action = (request) => {
  const stack = stackOf(request);
  if (stack.status !== "UPDATE_IN_PROGRESS") {
    throw validationError("CancelUpdateStack cannot be called from current stack status");
  }
  request.player.cancelUpdate(stack);
  return undefined;
};

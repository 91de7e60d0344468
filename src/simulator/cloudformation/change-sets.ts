/** Change sets: proposed, shown page by page, executed or thrown away. */
import type { Account } from "../account.ts";
import type { ChangeSet } from "../change-set.ts";
import { validationReasonOf, validationsOf } from "../early-validation.ts";
import { Refusal, validationError } from "../wire/refusal.ts";
import { settingsOf } from "../settings.ts";
import { STACK_TYPE, type Stack } from "../stack.ts";
import type { Change } from "../template/difference.ts";
import { stackOf, type Action, type ActionRequest } from "./action.ts";
import { nestedChangeSetOf, nestedReasonOf, operationIdOf } from "./nested-change-sets.ts";
import { checkNotPaused, checkStackName, checkUpdatable, newStack, proposedChanges } from "./operate.ts";
import { changeSetOf } from "./shown-change-sets.ts";
import { requestedOf } from "./requested-stack.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";
const NO_UPDATES = "No updates are to be performed.";

/** The stack that a set of type CREATE is for: a new one, or one that waits in review. */
const stackToCreate = (request: ActionRequest, name: string): Stack => {
  const { account, region } = request;
  const existing = account.findStack(region, name);
  if (existing?.status === "REVIEW_IN_PROGRESS") return existing;
  if (existing !== undefined) {
    const set = request.parameters.required("ChangeSetName");
    throw validationError(
      `Stack [${name}] already exists and cannot be created again with the changeSet [${set}].`,
    );
  }
  const stack = newStack(request, name);
  account.stacks.push(stack);
  const { id } = stack.identity;
  const timestamp = new Date().toISOString();
  account.append(stack, {
    StackId: id,
    EventId: stack.eventIdFor("uuid", name, "REVIEW_IN_PROGRESS", timestamp),
    StackName: name,
    LogicalResourceId: name,
    PhysicalResourceId: id,
    ResourceType: STACK_TYPE,
    Timestamp: timestamp,
    ResourceStatus: "REVIEW_IN_PROGRESS",
    ResourceStatusReason: "User Initiated",
  });
  return stack;
};

/** AWS computes a set after it has answered. */
const settle = async (account: Account, set: ChangeSet, reason: string | undefined): Promise<void> => {
  await account.pause(0.3);
  set.status = "CREATE_IN_PROGRESS";
  await account.pause(1.2);
  set.endedAt = new Date().toISOString();
  if (reason !== undefined) {
    set.status = "FAILED";
    set.reason = reason;
    return;
  }
  set.status = "CREATE_COMPLETE";
  set.executionStatus = "AVAILABLE";
};

/** Answers before the set is computed, as AWS does. A repeat with the same token answers the set of the first call. */
export const createChangeSet: Action = (request) => {
  const { account, parameters, region } = request;
  const stackName = parameters.required("StackName");
  const name = parameters.required("ChangeSetName");
  const token = parameters.get("ClientToken") ?? "";
  const known = account.findStack(region, stackName);
  const repeated = account.changeSets.find(
    (set) => token !== "" && set.token === token && set.name === name && set.stack === known,
  );
  if (repeated !== undefined) return { Id: repeated.id, StackId: repeated.stack.identity.id };
  const isCreate = parameters.get("ChangeSetType") === "CREATE";
  const stack = isCreate ? stackToCreate(request, checkStackName(stackName)) : stackOf(request);
  if (!isCreate) checkUpdatable(stack);
  if (account.changeSets.some((set) => set.stack === stack && set.name === name)) {
    throw new Refusal(
      "AlreadyExistsException",
      `ChangeSet ${name} cannot be created due to a mismatch with existing attribute`,
    );
  }
  const requested = requestedOf(account, parameters);
  const settings = settingsOf(account, stack.identity, requested, isCreate ? undefined : stack.settings);
  const includesNested = parameters.flag("IncludeNestedStacks") ?? false;
  const id = account.arnOf(region, "changeSet", name, account.uuid());
  const { changes: proposed, isNothing } = isCreate
    ? { changes: additionsOf(settings), isNothing: false }
    : proposedChanges(account, stack, settings);
  const parent = { id, stack, settings, rootId: id, rootStack: stack, path: "" };
  const changes = includesNested
    ? proposed.map((change) => nestedChangeSetOf(account, parent, change))
    : proposed;
  const validations = validationsOf(account, stack, "", proposed);
  const nothing = settings.hasTransform ? NO_UPDATES : NO_CHANGES;
  const reason = isNothing ? nothing : (nestedReasonOf(account, changes) ?? validationReasonOf(validations));
  const set: ChangeSet = {
    id,
    name,
    region,
    stack,
    isCreate,
    createdAt: new Date().toISOString(),
    description: parameters.get("Description") ?? "",
    settings,
    given: requested.parameters,
    changes,
    includesNested,
    token,
    operationId: operationIdOf(account, id),
    validations,
    endedAt: "",
    status: "CREATE_PENDING",
    reason: "",
    executionStatus: "UNAVAILABLE",
  };
  account.changeSets.push(set);
  void account.start(() => settle(account, set, reason));
  return { Id: id, StackId: stack.identity.id };
};

const additionsOf = ({ plan }: ChangeSet["settings"]): readonly Change[] =>
  [...(plan?.resources.values() ?? [])].map(({ logicalId, type }) => ({
    action: "Add",
    logicalId,
    type,
    replacement: false,
    properties: [],
    isDynamic: false,
  }));

/** Lets the play begin; every other set of the stack becomes obsolete. */
export const executeChangeSet: Action = (request) => {
  const { account, parameters, player } = request;
  const set = changeSetOf(request);
  const { stack } = set;
  const token = parameters.get("ClientRequestToken");
  if (token !== undefined && set.executionToken === token) return {};
  if (set.status !== "CREATE_COMPLETE" || set.executionStatus !== "AVAILABLE") {
    const status = set.status === "CREATE_COMPLETE" ? set.executionStatus : set.status;
    throw new Refusal(
      "InvalidChangeSetStatus",
      `ChangeSet [${set.id}] cannot be executed in its current status of [${status}]`,
    );
  }
  if (!set.isCreate) checkUpdatable(stack);
  const settings = {
    ...set.settings,
    disableRollback: parameters.flag("DisableRollback") ?? set.settings.disableRollback,
    retainExceptOnCreate: parameters.flag("RetainExceptOnCreate") ?? set.settings.retainExceptOnCreate,
  };
  checkNotPaused(stack, settings);
  for (const other of account.changeSets) {
    if (other.stack === stack && other !== set && other.executionStatus === "AVAILABLE")
      other.executionStatus = "OBSOLETE";
  }
  set.executionStatus = "EXECUTE_IN_PROGRESS";
  set.executionToken = token;
  stack.changeSetId = set.id;
  if (set.isCreate) stack.settings = settings;
  const ended = set.isCreate ? player.create(stack, token) : player.update(stack, settings, token);
  void account.start(async () => {
    await ended;
    set.executionStatus = /ROLLBACK|FAILED/.test(stack.status) ? "EXECUTE_FAILED" : "EXECUTE_COMPLETE";
  });
  return {};
};

/** The stack stays, even in review. */
export const deleteChangeSet: Action = (request) => {
  const set = changeSetOf(request);
  request.account.changeSets.splice(request.account.changeSets.indexOf(set), 1);
  return {};
};

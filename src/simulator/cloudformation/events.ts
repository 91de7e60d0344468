/** What happened by operation, with what failed apart, and what one hook has said. */
import { eventsOfChangeSet, eventsOfStack, isFailedEvent, type OperationEvent } from "../operation-events.ts";
import { pageOf } from "../wire/paging.ts";
import { Refusal, validationError } from "../wire/refusal.ts";
import { stackOf, type Action, type ActionRequest } from "./action.ts";
import { changeSetOf } from "./shown-change-sets.ts";

/** The bare name of a change set says nothing without its stack's. */
const wantedEvents = (request: ActionRequest): readonly OperationEvent[] => {
  const { account, parameters, region } = request;
  const set = parameters.get("ChangeSetName");
  const operationId = parameters.get("OperationId");
  const stackName = parameters.get("StackName");
  if (set !== undefined && (set.startsWith("arn:") || stackName !== undefined)) {
    return eventsOfChangeSet(changeSetOf(request));
  }
  const setsOf = (isWanted: (stack: object) => boolean): readonly OperationEvent[] =>
    [...account.changeSets].reverse().flatMap((one) => (isWanted(one.stack) ? eventsOfChangeSet(one) : []));
  if (operationId !== undefined) {
    const here = account.stacks.filter(({ identity }) => identity.region === region);
    const all = [...here.flatMap(eventsOfStack), ...setsOf(() => true)];
    const found = all.filter(({ OperationId }) => OperationId === operationId);
    if (found.length > 0) return found;
    throw validationError(`Operation [${operationId}] does not exist`);
  }
  if (stackName === undefined || set !== undefined)
    throw validationError("One of ChangeSetName, OperationId or StackName must be specified");
  const stack = stackOf(request);
  return [...eventsOfStack(stack), ...setsOf((other) => other === stack)];
};

/** A page, newest first; all of it, or what failed. */
export const describeEvents: Action = (request) => {
  const { account, parameters } = request;
  const isFiltered = parameters.flag("Filters.FailedEvents") ?? false;
  const events = wantedEvents(request).filter((event) => !isFiltered || isFailedEvent(event));
  const { items, nextToken } = pageOf(
    events,
    (event) => [event.EventId, event.EventType, event["HookStatus"]].join("#"),
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return { OperationEvents: items, NextToken: nextToken };
};

/** What one call of a hook came to. */
export const getHookResult: Action = ({ account, parameters, region }) => {
  const id = parameters.required("HookResultId");
  const events = account.stacks
    .filter(({ identity }) => identity.region === region)
    .flatMap((stack) => stack.events.filter(({ HookInvocationId }) => HookInvocationId === id));
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined)
    throw new Refusal("HookResultNotFound", `Hook result ${id} does not exist`, 404);
  return {
    HookResultId: id,
    InvocationPoint: last.HookInvocationPoint,
    FailureMode: last.HookFailureMode,
    TypeName: last.HookType,
    Status: last.HookStatus,
    HookStatusReason: last.HookStatusReason,
    InvokedAt: first.Timestamp,
    Target: {
      TargetType: "RESOURCE",
      TargetTypeName: last.ResourceType,
      TargetId: last.LogicalResourceId,
      Action: /^(CREATE|UPDATE|DELETE|IMPORT)/.exec(last.ResourceStatus ?? "")?.[1],
    },
  };
};

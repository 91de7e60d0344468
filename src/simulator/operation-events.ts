/**
 * The events of DescribeEvents: the same happenings as DescribeStackEvents, sorted by operation and kind, and what
 * early validation has found, which stands nowhere else.
 */
import type { ChangeSet } from "./change-set.ts";
import type { RecordedEvent, Stack, Validation } from "./stack.ts";

/** In the shape of DescribeEvents; only the fields that it has. */
export type OperationEvent = Readonly<
  { EventId: string; OperationId: string; EventType: string; Timestamp: string } & Record<
    string,
    string | undefined
  >
>;

const ERRORS: ReadonlySet<string> = new Set([
  "VALIDATION_ERROR",
  "PROVISIONING_ERROR",
  "HOOK_INVOCATION_ERROR",
]);

/** Whether the filter for failed events keeps it. */
export const isFailedEvent = ({ EventType: type, OperationStatus: status }: OperationEvent): boolean =>
  ERRORS.has(type) || status === "FAILED";

const isFailedHook = ({ HookStatus: status }: RecordedEvent): boolean =>
  status === "HOOK_COMPLETE_FAILED" || status === "HOOK_FAILED";

const typeOf = (stack: Stack, event: RecordedEvent): string => {
  if (isFailedHook(event)) return "HOOK_INVOCATION_ERROR";
  const isFailure = event.ResourceStatus?.endsWith("_FAILED") === true && !stack.isOwn(event);
  return isFailure ? "PROVISIONING_ERROR" : "PROGRESS_EVENT";
};

/** One that has ended under way was given up: what came after it is the newest operation. */
const statusOf = (type: string, own: readonly RecordedEvent[], isNewest: boolean): string => {
  const status = own.at(-1)?.ResourceStatus ?? "";
  if (status.endsWith("_IN_PROGRESS")) return isNewest ? "IN_PROGRESS" : "FAILED";
  const isRefusedDelete = type === "DELETE_STACK" && status !== "DELETE_COMPLETE";
  return status.endsWith("_FAILED") || isRefusedDelete ? "FAILED" : "SUCCEEDED";
};

type Common = Readonly<{ StackId: string; OperationId: string; OperationType: string; Timestamp: string }>;

/** What early validation and hooks have found, newest first. */
const findingsIn = (validations: readonly Validation[], common: Common): readonly OperationEvent[] =>
  validations
    .map(({ logicalId, type, check, mode, reason, isHook }, index) => ({
      ...common,
      EventId: `${common.OperationId}-${index}`,
      EventType: isHook ? "HOOK_INVOCATION_ERROR" : "VALIDATION_ERROR",
      LogicalResourceId: logicalId,
      PhysicalResourceId: "",
      ResourceType: type,
      ...(isHook
        ? {
            HookType: check,
            HookStatus: "HOOK_COMPLETE_FAILED",
            HookStatusReason: reason,
            HookInvocationPoint: "PRE_PROVISION",
            HookFailureMode: mode,
          }
        : {
            ValidationFailureMode: mode,
            ValidationName: check,
            ValidationStatus: "FAILED",
            ValidationStatusReason: reason,
            ValidationPath: `/Resources/${logicalId}`,
          }),
    }))
    .reverse();

/** Of one stack, newest first. */
export const eventsOfStack = (stack: Stack): readonly OperationEvent[] =>
  stack.operations.flatMap(({ type, id, validations = [] }, index) => {
    const events = stack.visibleEvents.filter((event) => event.OperationId === id);
    const [first] = events;
    if (first === undefined) return [];
    const status = statusOf(
      type,
      events.filter((event) => stack.isOwn(event)),
      index === 0,
    );
    const end = status === "IN_PROGRESS" ? undefined : events.at(-1)?.Timestamp;
    const whole = {
      EventId: id,
      StackId: stack.identity.id,
      OperationId: id,
      OperationType: type,
      OperationStatus: status,
      EventType: "STACK_EVENT",
      Timestamp: end ?? first.Timestamp,
      StartTime: first.Timestamp,
      EndTime: end,
      ClientRequestToken: first.ClientRequestToken,
    };
    const steps = events.map((event) => {
      const { StackName: _, HookInvocationId: __, ...shown } = event;
      return { ...shown, OperationId: id, OperationType: type, EventType: typeOf(stack, event) };
    });
    const common = { StackId: stack.identity.id, OperationId: id, OperationType: type };
    return [whole, ...steps.reverse(), ...findingsIn(validations, { ...common, Timestamp: first.Timestamp })];
  });

/** Of the making of one change set, newest first; nothing is known before it has ended. */
export const eventsOfChangeSet = (set: ChangeSet): readonly OperationEvent[] => {
  const common = {
    StackId: set.stack.identity.id,
    OperationId: set.operationId,
    OperationType: "CREATE_CHANGESET",
  };
  const end = set.endedAt || undefined;
  const status = set.status === "FAILED" ? "FAILED" : end === undefined ? "IN_PROGRESS" : "SUCCEEDED";
  const whole = {
    ...common,
    EventId: set.operationId,
    OperationStatus: status,
    EventType: "STACK_EVENT",
    Timestamp: end ?? set.createdAt,
    StartTime: set.createdAt,
    EndTime: end,
  };
  if (end === undefined) return [whole];
  return [whole, ...findingsIn(set.validations, { ...common, Timestamp: end })];
};

/**
 * A recorded list of events made whole: recordings lack ids, hold placeholders instead of names and times, and may
 * stand in either order. What is missing is filled in so that the same recording always gives the same events.
 */
import { z } from "zod";
import { randomOf, suffixOf, uuidOf } from "../random.ts";
import { STACK_TYPE, type RecordedEvent } from "../stack.ts";

const optionalText = z.string().optional();

const eventSchema = z.looseObject({
  StackId: optionalText,
  EventId: optionalText,
  StackName: optionalText,
  OperationId: optionalText,
  LogicalResourceId: optionalText,
  PhysicalResourceId: optionalText,
  ResourceType: optionalText,
  Timestamp: optionalText,
  ResourceStatus: optionalText,
  ResourceStatusReason: optionalText,
  /** JSON in a text; some recorders have parsed it. */
  ResourceProperties: z
    .union([z.string(), z.record(z.string(), z.unknown()).transform((parsed) => JSON.stringify(parsed))])
    .optional(),
  ClientRequestToken: optionalText,
  HookType: optionalText,
  HookStatus: optionalText,
  HookStatusReason: optionalText,
  HookInvocationPoint: optionalText,
  HookInvocationId: optionalText,
  HookFailureMode: optionalText,
  DetailedStatus: optionalText,
});

const traceSchema = z.looseObject({ StackEvents: z.array(eventSchema).default([]) });

type RawEvent = z.infer<typeof eventSchema>;

/** What a recording is played as; absent: what it was recorded as, else a default. */
export type TraceNames = Readonly<{ stackName?: string; region?: string }>;

const DEFAULT_NAME = "replayed-stack";
const DEFAULT_REGION = "us-east-1";
const ACCOUNT_ID = "123456789012";
/** Where recordings without times begin, and how far apart their events are. */
const FIRST_TIME = Date.UTC(2026, 0, 1);
const SPACING_MS = 2000;

/** `<stack-name:1>` becomes `stack-name-1`, `<region>` the region, `<resource:1>` in an ARN an id. */
const withoutPlaceholders = (value: string, region: string): string =>
  value
    .replaceAll("<partition>", "aws")
    .replaceAll("<region>", region)
    .replace(/(?<=:stack\/[^/]+\/)<[^>]*>/g, (placeholder) => uuidOf(randomOf(value, placeholder)))
    .replace(/<uuid:\d+>/g, (placeholder) => uuidOf(randomOf(placeholder)))
    .replace(/<([a-z-]+[:-]\d+)>/g, (_, inner: string) => inner.replace(":", "-"));

const cleaned = (event: RawEvent, region: string): RawEvent =>
  eventSchema.parse(
    Object.fromEntries(
      Object.entries(event).map(([name, value]) => [
        name,
        typeof value === "string" ? withoutPlaceholders(value, region) : value,
      ]),
    ),
  );

const isTime = ({ Timestamp: time }: RawEvent): boolean =>
  time !== undefined && !Number.isNaN(Date.parse(time));

/** Without times the kind of the first and last status tells which end of an operation stands first. */
const isOldestFirst = (events: readonly RawEvent[]): boolean => {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return false;
  if (isTime(first) && isTime(last) && first.Timestamp !== last.Timestamp) {
    return Date.parse(first.Timestamp ?? "") < Date.parse(last.Timestamp ?? "");
  }
  const isRunning = ({ ResourceStatus: status }: RawEvent): boolean =>
    status?.endsWith("_IN_PROGRESS") === true;
  return isRunning(first) && !isRunning(last);
};

const chronological = (events: readonly RawEvent[]): readonly RawEvent[] => {
  const ordered = isOldestFirst(events) ? [...events] : [...events].reverse();
  if (!ordered.every(isTime)) return ordered;
  // Stable: of one stack no two events swap, its list has no inversion.
  return ordered.sort((one, other) => Date.parse(one.Timestamp ?? "") - Date.parse(other.Timestamp ?? ""));
};

const logicalIdOf = (event: RawEvent, all: readonly RawEvent[]): string => {
  if (event.LogicalResourceId !== undefined) return event.LogicalResourceId;
  const fromEventId = /^(\w+)-[A-Z_]+_(?:IN_PROGRESS|COMPLETE|FAILED|SKIPPED)-/.exec(
    event.EventId ?? "",
  )?.[1];
  const sibling = all.find(
    (other) => other.PhysicalResourceId === event.PhysicalResourceId && other.LogicalResourceId,
  );
  return fromEventId ?? sibling?.LogicalResourceId ?? "Unnamed";
};

/** Whether the recording leaves out an id that the resource had by then. */
const lacksPhysicalId = ({
  PhysicalResourceId: id,
  ResourceStatus: status,
  ResourceStatusReason: reason,
}: RawEvent): boolean => id === undefined && !(status === "CREATE_IN_PROGRESS" && reason === undefined);

const STACK_ARN = /arn:([^:\s]*):cloudformation:([^:\s]*):([^:\s]*):stack\/([^/\s]+)\/([\w-]+)/g;

/** Moves and renames every stack ARN in a text. Nested stacks keep their names and get other ids. */
const renamed = (text: string, { region, stackName }: TraceNames, roots: ReadonlySet<string>): string =>
  text.replace(
    STACK_ARN,
    (arn, partition: string, old: string, account: string, name: string, id: string) => {
      const isRoot = roots.has(arn);
      const newName = isRoot ? (stackName ?? name) : name;
      const newId = isRoot || stackName === undefined ? id : uuidOf(randomOf(stackName, id));
      return `arn:${partition}:cloudformation:${region ?? old}:${account}:stack/${newName}/${newId}`;
    },
  );

/** Oldest first, every field that AWS always gives present, EventIds unique but for those that hooks share. */
export const eventsOfTrace = (trace: unknown, names: TraceNames = {}): readonly RecordedEvent[] => {
  const region = names.region ?? DEFAULT_REGION;
  const raw = chronological(traceSchema.parse(trace).StackEvents.map((event) => cleaned(event, region)));
  const hasTimes = raw.every(isTime);
  const fallbackName =
    raw.find(({ StackName }) => StackName !== undefined)?.StackName ?? names.stackName ?? DEFAULT_NAME;
  const idOf = (name: string): string =>
    `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${name}/${uuidOf(randomOf(name, region))}`;

  const filled = raw.map((event, index) => {
    const stackName = event.StackName ?? fallbackName;
    const stackId = event.StackId ?? idOf(stackName);
    const logicalId = logicalIdOf(event, raw);
    const type = event.ResourceType ?? "AWS::CloudFormation::CustomResource";
    const isOwn =
      type === STACK_TYPE && logicalId === stackName && (event.PhysicalResourceId ?? stackId) === stackId;
    const madeUp = `${stackName}-${logicalId}-${suffixOf(randomOf(stackName, logicalId))}`;
    const physicalId = isOwn ? stackId : (event.PhysicalResourceId ?? (lacksPhysicalId(event) ? madeUp : ""));
    const time = hasTimes ? Date.parse(event.Timestamp ?? "") : FIRST_TIME + index * SPACING_MS;
    return {
      event,
      stackName,
      stackId,
      logicalId,
      type,
      isOwn,
      physicalId,
      timestamp: new Date(time).toISOString(),
    };
  });

  const children = new Set(
    filled.filter(({ isOwn, type }) => !isOwn && type === STACK_TYPE).map((one) => one.physicalId),
  );
  const roots = new Set(filled.map(({ stackId }) => stackId).filter((id) => !children.has(id)));
  const rename = (text: string): string => renamed(text, names, roots);
  const used = new Set<string>();
  return filled.map(({ event, stackName, stackId, logicalId, type, isOwn, physicalId, timestamp }, index) => {
    const isRoot = roots.has(stackId);
    const name = isRoot ? (names.stackName ?? stackName) : stackName;
    const status = event.ResourceStatus;
    const plain = isOwn ? uuidOf(randomOf(stackId, index)) : `${logicalId}-${status}-${timestamp}`;
    let eventId = event.EventId ?? plain;
    if (used.has(eventId) && event.HookStatus === undefined)
      eventId = `${logicalId}-${uuidOf(randomOf(eventId, index))}`;
    used.add(eventId);
    return {
      StackId: rename(stackId),
      EventId: eventId,
      StackName: name,
      OperationId: event.OperationId,
      LogicalResourceId: isOwn ? name : logicalId,
      PhysicalResourceId: rename(physicalId),
      ResourceType: type,
      Timestamp: timestamp,
      ResourceStatus: status,
      ResourceStatusReason: event.ResourceStatusReason && rename(event.ResourceStatusReason),
      ResourceProperties: event.ResourceProperties,
      ClientRequestToken: event.ClientRequestToken,
      HookType: event.HookType,
      HookStatus: event.HookStatus,
      HookStatusReason: event.HookStatusReason,
      HookInvocationPoint: event.HookInvocationPoint,
      HookInvocationId: event.HookInvocationId,
      HookFailureMode: event.HookFailureMode,
      DetailedStatus: event.DetailedStatus,
    };
  });
};

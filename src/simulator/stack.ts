/**
 * One simulated stack. What is true of it follows from the events on its list: whoever plays or replays it only
 * appends events, and statuses, resources and times are read from here.
 */
import { randomOf, uuidOf, type Random } from "./random.ts";
import type { Plan, PlannedResource } from "./template/plan.ts";
import type { ResolvedParameter } from "./template/parameters.ts";

/** The type of a stack's own events and of nested stacks. */
export const STACK_TYPE = "AWS::CloudFormation::Stack";

/** An event in the shape of DescribeStackEvents; only the fields that it has. */
export type RecordedEvent = Readonly<{
  StackId: string;
  EventId: string;
  StackName: string;
  OperationId?: string | undefined;
  LogicalResourceId: string;
  PhysicalResourceId: string;
  ResourceType: string;
  Timestamp: string;
  ResourceStatus?: string | undefined;
  ResourceStatusReason?: string | undefined;
  ResourceProperties?: string | undefined;
  ClientRequestToken?: string | undefined;
  HookType?: string | undefined;
  HookStatus?: string | undefined;
  HookStatusReason?: string | undefined;
  HookInvocationPoint?: string | undefined;
  HookInvocationId?: string | undefined;
  HookFailureMode?: string | undefined;
  DetailedStatus?: string | undefined;
}>;

/** A resource as DescribeStackResources and ListStackResources show it. */
export type StackResource = Readonly<{
  logicalId: string;
  physicalId: string;
  type: string;
  status: string;
  reason: string;
  timestamp: string;
}>;

/** One output, resolved. */
export type Output = Readonly<{ key: string; value: string; description?: string; exportName?: string }>;

/** One tag of a stack. */
export type Tag = Readonly<{ key: string; value: string }>;

/** What a stack was last asked to be. */
export type Settings = Readonly<{
  body: string;
  /** The template once its transforms are done; without any, as it was sent. */
  processed: string;
  description: string;
  /** Absent in a replayed stack: nothing is planned there. */
  plan?: Plan;
  parameters: readonly ResolvedParameter[];
  tags: readonly Tag[];
  capabilities: readonly string[];
  disableRollback: boolean;
  onFailure: "ROLLBACK" | "DELETE" | "DO_NOTHING";
  notificationArns: readonly string[];
  /** Of the role that CloudFormation works with; empty: the caller's. */
  roleArn: string;
  timeoutMinutes?: number | undefined;
  /** Whether operations end before their resources are ready. */
  isExpress: boolean;
  /** Whether the rollback of a create deletes what its policies retain. */
  retainExceptOnCreate: boolean;
  hasTransform: boolean;
}>;

/** Who a stack is. */
export type Identity = Readonly<{
  id: string;
  name: string;
  region: string;
  /** Of a nested stack. */
  parentId?: string;
  rootId?: string;
}>;

/** The forms of EventIds: a stack's own, most of its resources', and those of checks and clean-up. */
export type EventIdForm = "uuid" | "name-status-time" | "name-uuid";

/** What early validation finds in an operation, or in a change set. */
export type Validation = Readonly<{
  logicalId: string;
  type: string;
  /** `NAME_CONFLICT_VALIDATION`, or the type of a hook on change sets. */
  check: string;
  mode: "FAIL" | "WARN";
  reason: string;
  isHook: boolean;
}>;

/** What is known of one stack, deleted or not. */
export class Stack {
  readonly identity: Identity;
  readonly random: Random;
  settings: Settings;
  outputs: readonly Output[] = [];
  changeSetId = "";
  /** Whether termination protection keeps it from being deleted. */
  isProtected = false;
  /** The stack policy as it was sent; empty if none was. */
  policy = "";
  /** Of a nested stack whose own events were not recorded: what its parent says of it. */
  statusInParent = "";
  /** Newest first, as DescribeStacks lists them. */
  readonly operations: { type: string; id: string; validations?: readonly Validation[] }[] = [];
  /** Oldest first. */
  readonly events: RecordedEvent[] = [];
  readonly resources = new Map<string, StackResource>();
  /** What resources are whose update has failed: as they were planned before it. */
  readonly unchanged = new Map<string, PlannedResource>();
  /** How many more reads an event stays invisible in. */
  readonly #lateReads = new Map<RecordedEvent, number>();
  readonly #own: RecordedEvent[] = [];
  readonly #eventIds = new Set<string>();

  constructor(identity: Identity, settings: Settings, seed: number) {
    this.identity = identity;
    this.settings = settings;
    this.random = randomOf(seed, identity.id);
  }

  /** The events of the stack itself, oldest first. */
  get ownEvents(): readonly RecordedEvent[] {
    return this.#own;
  }

  /** The newest status of the stack itself; empty before the first. */
  get status(): string {
    return this.#own.at(-1)?.ResourceStatus ?? this.#statusFromResources();
  }

  /** Deleted for good: it answers to its ARN only. */
  get isGone(): boolean {
    return this.status === "DELETE_COMPLETE";
  }

  isOwn(event: RecordedEvent): boolean {
    return event.ResourceType === STACK_TYPE && event.PhysicalResourceId === this.identity.id;
  }

  /** Adds the newest event. `lateReads` hides it from so many reads that already show a newer one. */
  append(event: RecordedEvent, lateReads = 0): void {
    this.events.push(event);
    if (lateReads > 0) this.#lateReads.set(event, lateReads);
    if (this.isOwn(event)) this.#own.push(event);
    if (this.isOwn(event) || event.ResourceStatus === undefined) return;
    const before = this.resources.get(event.LogicalResourceId);
    const isCleanUp =
      event.ResourceStatus.startsWith("DELETE_") &&
      before !== undefined &&
      before.physicalId !== event.PhysicalResourceId;
    if (isCleanUp) return;
    this.resources.set(event.LogicalResourceId, {
      logicalId: event.LogicalResourceId,
      physicalId: event.PhysicalResourceId || (before?.physicalId ?? ""),
      type: event.ResourceType,
      status: event.ResourceStatus,
      reason: event.ResourceStatusReason ?? "",
      timestamp: event.Timestamp,
    });
  }

  /** An EventId never given before in this stack; of the form wanted, unless that is taken. */
  eventIdFor(form: EventIdForm, logicalId: string, status: string, timestamp: string): string {
    const uuid = uuidOf(this.random);
    const wanted = form === "uuid" ? uuid : `${logicalId}-${status}-${timestamp}`;
    const isTaken = form === "name-uuid" || this.#eventIds.has(wanted);
    const eventId = isTaken ? `${logicalId}-${uuid}` : wanted;
    this.#eventIds.add(eventId);
    return eventId;
  }

  /** Oldest first, without the events that are late. */
  get visibleEvents(): readonly RecordedEvent[] {
    return this.events.filter((event) => !this.#lateReads.has(event));
  }

  /** One more read of the list: what is late comes nearer, if something newer was seen. */
  countRead(): void {
    if (this.#lateReads.size === 0) return;
    const visible = this.visibleEvents;
    const newest = visible.at(-1);
    for (const [event, left] of this.#lateReads) {
      if (newest === undefined || this.events.indexOf(event) > this.events.indexOf(newest)) continue;
      if (left > 1) this.#lateReads.set(event, left - 1);
      else this.#lateReads.delete(event);
    }
  }

  /** Fragments of recordings hold resources without a word of the stack itself. */
  #statusFromResources(): string {
    const verb = /^(CREATE|UPDATE|DELETE|IMPORT)_/.exec(this.events.at(-1)?.ResourceStatus ?? "")?.[1];
    return verb === undefined ? this.statusInParent : `${verb}_IN_PROGRESS`;
  }
}

/**
 * Plays a recorded trace: its events appear on their stacks' lists in the recorded order, by the clock or as the
 * test reveals them. A stack is there from its first revealed event on, or from its parent's first word of it.
 */
import type { Account } from "../account.ts";
import { Stack, STACK_TYPE, type Identity, type RecordedEvent, type Settings } from "../stack.ts";
import { eventsOfTrace } from "./trace.ts";

/** How a trace is played, and as what. */
export type ReplayOptions = Readonly<{
  /** Recorded seconds in a real one. Absent: nothing appears until `reveal`. */
  speed?: number;
  /** Cuts waits of the recording that are longer. */
  longestGapSeconds?: number;
  /** Moves the recording's stacks there. Default: where they were, else `us-east-1`. */
  region?: string;
  /** Names the root stack. */
  stackName?: string;
  /** `current` gives each event the time at which it appears. Default: `recorded`. */
  timestamps?: "recorded" | "current";
}>;

const FINISHED = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK)_COMPLETE$/;

const templateOf = (events: readonly RecordedEvent[], stackId: string): string => {
  const resources = events
    .filter((event) => event.StackId === stackId && event.PhysicalResourceId !== stackId)
    .map(({ LogicalResourceId, ResourceType }) => [LogicalResourceId, { Type: ResourceType }] as const);
  return JSON.stringify(
    { AWSTemplateFormatVersion: "2010-09-09", Resources: Object.fromEntries(resources) },
    null,
    2,
  );
};

const settingsOf = (body: string): Settings => ({
  body,
  processed: body,
  description: "",
  parameters: [],
  tags: [],
  capabilities: [],
  disableRollback: false,
  onFailure: "ROLLBACK",
  notificationArns: [],
  roleArn: "",
  isExpress: false,
  retainExceptOnCreate: false,
  hasTransform: false,
});

/** One trace being played. */
export class Replay {
  /** Of the root stack; empty if the trace has no events. */
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  /** All that will be revealed, oldest first. */
  readonly events: readonly RecordedEvent[];
  /** Resolves when everything is revealed; a stepwise replay waits for its test. */
  readonly finished: Promise<void>;
  #finish: () => void = () => {};
  readonly #account: Account;
  readonly #options: ReplayOptions;
  readonly #parents: ReadonlyMap<string, string>;
  readonly #stacks = new Map<string, Stack>();
  #revealed = 0;

  constructor(account: Account, trace: unknown, options: ReplayOptions = {}) {
    this.#account = account;
    this.#options = options;
    this.events = eventsOfTrace(trace, options);
    this.#parents = new Map(
      this.events
        .filter((event) => event.ResourceType === STACK_TYPE && event.PhysicalResourceId !== event.StackId)
        .map((event) => [event.PhysicalResourceId, event.StackId]),
    );
    const root = this.events.find((event) => !this.#parents.has(event.StackId));
    this.stackName = root?.StackName ?? "";
    this.stackId = root?.StackId ?? "";
    this.region = regionOf(this.stackId);
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    if (this.events.length === 0) this.#finish();
    for (const { StackId: id } of this.events) {
      if (account.stacks.some(({ identity }) => identity.id === id))
        throw new Error(`${id} is replayed already: name it otherwise`);
    }
    const { speed } = options;
    if (speed !== undefined) void account.start(() => this.#run(speed));
  }

  /** How many events can be seen. */
  get revealed(): number {
    return this.#revealed;
  }

  /** Shows so many more events; resolves to those shown. */
  reveal(count: number): readonly RecordedEvent[] {
    const shown = this.events.slice(this.#revealed, this.#revealed + count);
    for (const event of shown) this.#show(event);
    if (this.#revealed === this.events.length) this.#finish();
    return shown;
  }

  revealAll(): readonly RecordedEvent[] {
    return this.reveal(this.events.length - this.#revealed);
  }

  async #run(speed: number): Promise<void> {
    let before = this.events[0]?.Timestamp ?? "";
    const factor = this.#account.options.speed / speed;
    for (const { Timestamp } of this.events) {
      const gap = (Date.parse(Timestamp) - Date.parse(before)) / 1000;
      const seconds = Math.min(gap, this.#options.longestGapSeconds ?? Infinity);
      if (seconds > 0) await this.#account.pause(seconds * factor);
      before = Timestamp;
      this.reveal(1);
    }
  }

  #show(recorded: RecordedEvent): void {
    this.#revealed += 1;
    const isCurrent = this.#options.timestamps === "current";
    const event = isCurrent ? { ...recorded, Timestamp: new Date().toISOString() } : recorded;
    const stack = this.#stackOf(event.StackId, event.StackName);
    this.#account.append(stack, event);
    const { OperationId: operationId, ResourceStatus: status = "" } = event;
    if (stack.isOwn(event)) {
      if (operationId !== undefined && stack.operations[0]?.id !== operationId) {
        stack.operations.unshift({ type: operationTypeOf(status), id: operationId });
      }
      stack.outputs = FINISHED.test(status) ? outputsOf(stack) : [];
    } else if (event.ResourceType === STACK_TYPE && event.PhysicalResourceId !== "") {
      const name = event.PhysicalResourceId.split("/")[1] ?? event.LogicalResourceId;
      this.#stackOf(event.PhysicalResourceId, name).statusInParent = status;
    }
  }

  #stackOf(id: string, name: string): Stack {
    const known = this.#stacks.get(id);
    if (known !== undefined) return known;
    const parentId = this.#parents.get(id);
    let rootId = parentId;
    for (let above = rootId; above !== undefined; above = this.#parents.get(above)) rootId = above;
    const identity: Identity = {
      id,
      name,
      region: regionOf(id),
      ...(parentId === undefined ? {} : { parentId }),
      ...(rootId === undefined ? {} : { rootId }),
    };
    const stack = new Stack(identity, settingsOf(templateOf(this.events, id)), this.#account.options.seed);
    this.#stacks.set(id, stack);
    this.#account.stacks.push(stack);
    return stack;
  }
}

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";

const operationTypeOf = (status: string): string => {
  if (status.includes("ROLLBACK")) return "ROLLBACK";
  return `${status.split("_")[0]}_STACK`;
};

const outputsOf = (stack: Stack): Stack["outputs"] =>
  [...stack.resources.values()]
    .filter(({ physicalId }) => physicalId !== "")
    .slice(0, 3)
    .map(({ logicalId, physicalId }) => ({ key: `${logicalId.replace(/\W/g, "")}Id`, value: physicalId }));

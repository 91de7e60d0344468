/**
 * What a deployment's object keeps: the channel's epoch and head, the run's state, the ids of ingested events, the
 * runs before, and the log. A commit is one transaction.
 */
import { keptOutputs } from "../../protocol/bounds.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import {
  emptyDeployment,
  type DeploymentState,
  type StackNode,
} from "../../domain/deployment/deployment-state.ts";
import { EventLog, type LogRun } from "../../channel/event-log.ts";
import { IngestedIds, type Generations } from "./ingested-ids.ts";
import { ResourceBlocks } from "./resource-blocks.ts";

/** Rewritten by every commit, as one row; the stacks have rows of their own. */
type Head = Readonly<{
  epoch: string;
  offset: number;
  /** Oldest offset kept. */
  floor: number;
  /** Offset of the newest run's `deployment_started`. */
  runStart: number;
  address?: DeploymentAddress;
  /** Names of the stacks, in the order in which they joined. */
  order?: readonly string[];
  state?: Omit<DeploymentState, "stacks">;
  ingested?: Generations;
}>;

export const HEAD = "head";
const STACK = "stack/";
const RUN = "run/";
const RUN_STACK = "run-stack/";

/** A row may hold 2 MB: the resources have rows of their own. */
type StackRow = Omit<StackNode, "resources">;

export type Change = Readonly<{
  state: DeploymentState;
  events: readonly DeploymentEvent[];
  /** Ids given by orchestrators, of events that are thereby known. */
  ids: readonly string[];
}>;

export class DeploymentStore {
  state: DeploymentState;
  readonly log: EventLog;
  /** Whether anything is kept. */
  isFounded: boolean;
  private head: Head;
  private readonly resources: ResourceBlocks;
  private readonly ingested: IngestedIds;
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.resources = new ResourceBlocks(storage.kv);
    this.ingested = new IngestedIds(storage.sql);
    const head = storage.kv.get<Head>(HEAD);
    this.isFounded = head !== undefined;
    this.log = new EventLog(storage.sql, this.isFounded);
    this.head = head ?? { epoch: newEpoch(), offset: 0, floor: 1, runStart: 1 };
    this.state = this.load();
  }

  /** Keeps the channel's epoch from now on. Before that nothing is kept: most names that are asked for are nobody's. */
  found(): void {
    if (this.isFounded) return;
    this.log.found();
    this.storage.kv.put(HEAD, this.head);
    this.isFounded = true;
  }

  /** All storage was given up. */
  forsake(): void {
    this.log.forsake();
    this.isFounded = false;
  }

  get epoch(): string {
    return this.head.epoch;
  }

  /** Offset of the newest event; 0 before the first. */
  get offset(): number {
    return this.head.offset;
  }

  get floor(): number {
    return this.head.floor;
  }

  /** Offset of the newest run's first event. */
  get runStart(): number {
    return this.head.runStart;
  }

  /** Undefined as long as nobody has registered a deployment on this channel. */
  get address(): DeploymentAddress | undefined {
    return this.head.address;
  }

  /** Whether an orchestrator's event with this id was taken before. */
  isSeen(id: string): boolean {
    return this.ingested.has(id, this.head.ingested);
  }

  /** Unix milliseconds: an orchestrator's event that was taken later is known by its id; undefined: all are. */
  get forgottenUntil(): number | undefined {
    return this.head.ingested?.forgottenUntil;
  }

  /** The runs before the newest one, oldest first, without their stacks. */
  earlierRuns(): DeploymentProgress[] {
    return [...this.storage.kv.list<DeploymentProgress>({ prefix: RUN })].map(([, progress]) => progress);
  }

  earlierRun(run: number): DeploymentProgress | undefined {
    const progress = this.storage.kv.get<DeploymentProgress>(runKey(run));
    if (!progress) return undefined;
    const stacks = [...this.storage.kv.list<StackProgress>({ prefix: runStacksKey(run) })];
    return { ...progress, stacks: Object.fromEntries(stacks.map(([, stack]) => [stack.name, stack])) };
  }

  /**
   * Keeps events and the state after them, and gives the frames as they go out. `ended`: how the runs ended
   * after which the events begin another; `auditedTo`: the log keeps all after it.
   */
  commit(
    { state, events, ids }: Change,
    address: DeploymentAddress,
    channel: string,
    ended: readonly DeploymentProgress[],
    auditedTo: number,
    now: number,
  ): readonly LogRun[] {
    this.found();
    const { offset, runStart } = this.head;
    const { stacks, ...rest } = state;
    const starts = events.flatMap(({ type }, index) =>
      type === "deployment_started" ? [offset + index + 1] : [],
    );
    const begun = starts.length > 0;
    const [previous = 1, newest = 1] = [1, runStart, ...starts].slice(-2);
    const next: Head = {
      epoch: this.head.epoch,
      offset: offset + events.length,
      // Events of the run before stay, for viewers that were away while a new one began.
      floor: begun && previous > 1 ? Math.min(previous, auditedTo + 1) : this.head.floor,
      runStart: newest,
      address,
      order: [...stacks.keys()],
      state: rest,
    };
    const frames = events.map((event, index) =>
      JSON.stringify({ ...event, channel, offset: offset + index + 1 }),
    );
    const { head, runs } = this.storage.transactionSync(() => {
      if (begun) this.forgetRun(next.floor);
      for (const run of ended) this.keepRun(run);
      for (const [name, stack] of stacks) {
        const known = begun ? undefined : this.state.stacks.get(name);
        if (known !== stack) this.keepStack(stack, known);
      }
      const ingested = this.ingested.keep(ids, this.head.ingested, now);
      const kept: Head = { ...next, ...(ingested && { ingested }) };
      this.storage.kv.put(HEAD, kept);
      return { head: kept, runs: frames.length === 0 ? [] : this.log.append(offset, frames) };
    });
    this.head = head;
    this.state = state;
    return runs;
  }

  private keepStack({ resources, ...stack }: StackNode, known: StackNode | undefined): void {
    // A release that set them no bound may have kept more, which leaves no room for what is to come.
    const kept = stack.outputs && keptOutputs(stack.outputs);
    this.storage.kv.put<StackRow>(STACK + stack.name, kept ? { ...stack, ...kept } : stack);
    this.resources.keep(stack.name, known?.resources ?? new Map(), resources);
  }

  /** A row a stack, and without the lines of their logs: one row could not hold a large run. */
  private keepRun({ stacks, ...run }: DeploymentProgress): void {
    this.storage.kv.put(runKey(run.run), { ...run, stacks: {} });
    for (const [index, stack] of Object.values(stacks).entries())
      this.storage.kv.put<StackProgress>(runStacksKey(run.run) + padded(index), { ...stack, logs: [] });
  }

  private forgetRun(floor: number): void {
    for (const [key] of this.storage.kv.list({ prefix: STACK })) this.storage.kv.delete(key);
    this.resources.forget();
    this.log.trimBefore(floor);
  }

  private load(): DeploymentState {
    const { address, state, order = [] } = this.head;
    if (!address || !state) return emptyDeployment(address?.deploymentId ?? "", address?.environment ?? "");
    const resources = this.resources.load();
    const kept = new Map(
      [...this.storage.kv.list<StackRow>({ prefix: STACK })].map(([, stack]): [string, StackNode] => [
        stack.name,
        { ...stack, resources: resources.get(stack.name) ?? new Map() },
      ]),
    );
    const stacks = order.map((name) => kept.get(name)).filter((stack) => stack !== undefined);
    return { ...state, stacks: new Map(stacks.map((stack) => [stack.name, stack])) };
  }
}

const padded = (number: number): string => String(number).padStart(8, "0");

const runKey = (run: number): string => RUN + padded(run);

/** Before the place of a stack in the run. */
const runStacksKey = (run: number): string => `${RUN_STACK}${padded(run)}/`;

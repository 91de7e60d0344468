/**
 * What a deployment's object keeps: the channel's epoch and head, the run's state, the ids of ingested events, the
 * runs before, and the log. A commit is one transaction.
 */
import type { DeploymentEvent } from "../protocol/deployment-events.ts";
import type { DeploymentAddress } from "../protocol/channel-names.ts";
import type { DeploymentProgress } from "../protocol/deployment-progress.ts";
import {
  emptyDeployment,
  type DeploymentState,
  type StackNode,
} from "../domain/deployment/deployment-state.ts";
import { EventLog, type LogRun } from "./event-log.ts";

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
}>;

const HEAD = "head";
const STACK = "stack/";
const RUN = "run/";

export type Change = Readonly<{
  state: DeploymentState;
  events: readonly DeploymentEvent[];
  /** Ids given by orchestrators, of events that are thereby known. */
  ids: readonly string[];
}>;

export class DeploymentStore {
  state: DeploymentState;
  readonly log: EventLog;
  private head: Head;
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.log = new EventLog(storage.sql);
    storage.sql.exec("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY) WITHOUT ROWID");
    const head = storage.kv.get<Head>(HEAD);
    this.head = head ?? { epoch: newEpoch(), offset: 0, floor: 1, runStart: 1 };
    if (!head) storage.kv.put(HEAD, this.head);
    this.state = this.load();
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
    return this.storage.sql.exec("SELECT 1 FROM seen WHERE id = ?", id).toArray().length > 0;
  }

  /** The runs before the newest one, oldest first. */
  earlierRuns(): DeploymentProgress[] {
    return [...this.storage.kv.list<DeploymentProgress>({ prefix: RUN })].map(([, progress]) => progress);
  }

  earlierRun(run: number): DeploymentProgress | undefined {
    return this.storage.kv.get<DeploymentProgress>(runKey(run));
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
  ): readonly LogRun[] {
    const { offset, runStart } = this.head;
    const { stacks, ...rest } = state;
    const starts = events.flatMap(({ type }, index) =>
      type === "deployment_started" ? [offset + index + 1] : [],
    );
    const begun = starts.length > 0;
    const [previous = 1, newest = 1] = [1, runStart, ...starts].slice(-2);
    const head: Head = {
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
    const runs = this.storage.transactionSync(() => {
      if (begun) this.forgetRun(head.floor);
      for (const run of ended) this.storage.kv.put(runKey(run.run), run);
      for (const id of ids)
        this.storage.sql.exec("INSERT INTO seen (id) VALUES (?) ON CONFLICT DO NOTHING", id);
      for (const [name, stack] of stacks) {
        if (begun || this.state.stacks.get(name) !== stack) this.storage.kv.put(STACK + name, stack);
      }
      this.storage.kv.put(HEAD, head);
      return frames.length === 0 ? [] : this.log.append(offset, frames);
    });
    this.head = head;
    this.state = state;
    return runs;
  }

  private forgetRun(floor: number): void {
    for (const [key] of this.storage.kv.list({ prefix: STACK })) this.storage.kv.delete(key);
    this.log.trimBefore(floor);
  }

  private load(): DeploymentState {
    const { address, state, order = [] } = this.head;
    if (!address || !state) return emptyDeployment(address?.deploymentId ?? "", address?.environment ?? "");
    const kept = new Map(
      [...this.storage.kv.list<StackNode>({ prefix: STACK })].map(([, stack]) => [stack.name, stack]),
    );
    const stacks = order.map((name) => kept.get(name)).filter((stack) => stack !== undefined);
    return { ...state, stacks: new Map(stacks.map((stack) => [stack.name, stack])) };
  }
}

const runKey = (run: number): string => RUN + String(run).padStart(8, "0");

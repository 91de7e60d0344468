/**
 * What a stack's object keeps: the channel's epoch and head, the attempt's state and the log. A commit is one
 * transaction; whatever crashes before it leaves everything as it was.
 */
import type { Advance } from "../../domain/stack/findings.ts";
import {
  EMPTY_STATE,
  rootOf,
  type Attempt,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../../domain/stack/stack-state.ts";
import { ChannelLog, HEAD } from "../../channel/channel-log.ts";
import type { LogRun } from "../../channel/event-log.ts";
import type { Position } from "../../protocol/connection/position.ts";

/** Kept with the channel's position: rewritten by every commit, as one row. */
type Kept = Readonly<{ root?: Omit<FollowedStack, "planned">; attempt?: Attempt }>;

/** The row of the head; a former release kept no floor. */
type Head = Omit<Position, "floor"> & Partial<Pick<Position, "floor">> & Kept;

const floorOf = ({ attempt }: Kept): number => attempt?.firstOffset ?? 1;

/** Resources by their keys. */
type Block = readonly Entry[];
type Entry = readonly [string, TrackedResource];

/** A row may hold 2 MB: a reason of any length must not make a commit fail for ever. The log has it whole. */
const MAX_REASON_LENGTH = 8_000;

const shortened = ([key, resource]: Entry): Entry =>
  resource.reason.length <= MAX_REASON_LENGTH
    ? [key, resource]
    : [key, { ...resource, reason: resource.reason.slice(0, MAX_REASON_LENGTH) }];

/** What the root's operation is to touch: long, and the same from its beginning to its end. */
const PLANNED = "planned";
const NESTED = "nested/";
const RESOURCES = "resources/";

/**
 * Resources that are kept in one row, in the order in which they appeared. What is at work at the same time appeared at
 * about the same time: a commit touches few such rows, where a row for each resource would be one for almost every event.
 */
const BLOCK = 50;

export class StackStore {
  state: StackState = EMPTY_STATE;
  readonly log: ChannelLog<Kept>;
  private readonly storage: DurableObjectStorage;
  private readonly newEpoch: () => string;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.newEpoch = newEpoch;
    const head = storage.kv.get<Head>(HEAD);
    this.log = new ChannelLog<Kept>(storage, head && { floor: floorOf(head), ...head }, {}, newEpoch);
    if (head) this.state = this.load(head);
  }

  /**
   * Begins another epoch if the channel ended further on once, as somebody knows who was told so: the storage was put
   * back to an earlier time, and what comes from now on is told under offsets that were used before.
   */
  notice(told: Readonly<{ epoch: string; offset: number }> | undefined): void {
    const { epoch, offset } = this.log;
    if (told?.epoch === epoch && told.offset > offset) this.log.beginEpoch(this.newEpoch());
  }

  /** Keeps what a poll brought, and gives the new frames as they go out. */
  commit({ state, frames, ...change }: Advance): readonly LogRun[] {
    const { planned, ...root } = rootOf(state) ?? { planned: undefined };
    const isPlanNew = planned !== undefined && planned !== rootOf(this.state)?.planned;
    const kept: Kept = {
      ...("stackId" in root && { root }),
      ...(state.attempt && { attempt: state.attempt }),
    };
    const texts = frames.map((frame) => JSON.stringify(frame));
    const runs = this.log.commit(texts, () => {
      if (change.renewed) this.forget();
      if (isPlanNew) this.storage.kv.put(PLANNED, planned);
      if (change.touchedResources.size > 0) this.keepResources(state, change.touchedResources);
      for (const stackId of change.touchedStacks) {
        if (stackId !== state.rootId) this.storage.kv.put(NESTED + stackId, state.followed.get(stackId));
      }
      return { floor: floorOf(kept), kept };
    });
    this.state = state;
    return runs;
  }

  private keepResources(state: StackState, touched: ReadonlySet<string>): void {
    const resources = [...state.resources];
    for (let from = 0; from < resources.length; from += BLOCK) {
      const block = resources.slice(from, from + BLOCK);
      if (block.some(([key]) => touched.has(key)))
        this.storage.kv.put<Block>(RESOURCES + String(from).padStart(6, "0"), block.map(shortened));
    }
  }

  private forget(): void {
    for (const prefix of [RESOURCES, NESTED]) {
      for (const [key] of this.storage.kv.list({ prefix })) this.storage.kv.delete(key);
    }
  }

  private load({ root, attempt }: Kept): StackState {
    if (!root) return EMPTY_STATE;
    const planned = this.storage.kv.get<FollowedStack["planned"]>(PLANNED) ?? {};
    const followed = new Map<string, FollowedStack>([[root.stackId, { ...root, planned }]]);
    for (const [key, stack] of this.storage.kv.list<FollowedStack>({ prefix: NESTED })) {
      followed.set(key.slice(NESTED.length), stack);
    }
    // In the order of their keys, so that every resource finds its place in its block again.
    const blocks = [...this.storage.kv.list<Block>({ prefix: RESOURCES })];
    const resources = new Map(blocks.flatMap(([, block]) => block));
    return { rootId: root.stackId, ...(attempt && { attempt }), followed, resources };
  }
}

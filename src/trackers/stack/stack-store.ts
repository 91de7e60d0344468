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
import { EventLog, type LogRun } from "../../channel/event-log.ts";

/** The channel's position and the attempt: rewritten by every commit, as one row. */
type Head = Readonly<{
  epoch: string;
  offset: number;
  root?: Omit<FollowedStack, "planned">;
  attempt?: Attempt;
}>;

/** Resources by their keys. */
type Block = readonly Entry[];
type Entry = readonly [string, TrackedResource];

/** A row may hold 2 MB: a reason of any length must not make a commit fail for ever. The log has it whole. */
const MAX_REASON_LENGTH = 8_000;

const shortened = ([key, resource]: Entry): Entry =>
  resource.reason.length <= MAX_REASON_LENGTH
    ? [key, resource]
    : [key, { ...resource, reason: resource.reason.slice(0, MAX_REASON_LENGTH) }];

export const HEAD = "head";
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
  readonly log: EventLog;
  /** Whether anything is kept. */
  isFounded: boolean;
  private head: Head;
  private readonly storage: DurableObjectStorage;
  private readonly newEpoch: () => string;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.newEpoch = newEpoch;
    const head = storage.kv.get<Head>(HEAD);
    this.isFounded = head !== undefined;
    this.log = new EventLog(storage.sql, this.isFounded);
    this.head = head ?? { epoch: newEpoch(), offset: 0 };
    if (head) this.state = this.load(head);
  }

  /** Keeps the channel's epoch from now on. Before that nothing is kept: of most names that are asked for there is no stack. */
  found(): void {
    if (this.isFounded) return;
    this.log.found();
    this.storage.kv.put(HEAD, this.head);
    this.isFounded = true;
  }

  /**
   * Begins another epoch if the channel ended further on once, as somebody knows who was told so: the storage was put
   * back to an earlier time, and what comes from now on is told under offsets that were used before.
   */
  notice(told: Readonly<{ epoch: string; offset: number }> | undefined): void {
    if (told?.epoch !== this.epoch || told.offset <= this.offset) return;
    this.head = { ...this.head, epoch: this.newEpoch() };
    this.storage.kv.put(HEAD, this.head);
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

  /** Offset of the newest attempt's first event: what is older is not told again. */
  get floor(): number {
    return this.state.attempt?.firstOffset ?? 1;
  }

  /** Whether all after this position is kept: recovery is whole or not at all. */
  covers(epoch: string | undefined, offset: number | undefined): boolean {
    return epoch === this.epoch && offset !== undefined && offset >= this.floor - 1 && offset <= this.offset;
  }

  /** Keeps what a poll brought, and gives the new frames as they go out. */
  commit(advance: Advance): readonly LogRun[] {
    this.found();
    const { state, frames } = advance;
    const { planned, ...root } = rootOf(state) ?? { planned: undefined };
    const isPlanNew = planned !== undefined && planned !== rootOf(this.state)?.planned;
    const head: Head = {
      epoch: this.head.epoch,
      offset: this.head.offset + frames.length,
      ...("stackId" in root && { root }),
      ...(state.attempt && { attempt: state.attempt }),
    };
    const runs = this.storage.transactionSync(() => {
      if (advance.renewed) this.forget();
      if (isPlanNew) this.storage.kv.put(PLANNED, planned);
      if (advance.touchedResources.size > 0) this.keepResources(advance);
      for (const stackId of advance.touchedStacks) {
        if (stackId !== state.rootId) this.storage.kv.put(NESTED + stackId, state.followed.get(stackId));
      }
      this.storage.kv.put(HEAD, head);
      return frames.length === 0
        ? []
        : this.log.append(
            this.head.offset,
            frames.map((frame) => JSON.stringify(frame)),
          );
    });
    this.head = head;
    this.state = state;
    return runs;
  }

  private keepResources({ state, touchedResources }: Advance): void {
    const resources = [...state.resources];
    for (let from = 0; from < resources.length; from += BLOCK) {
      const block = resources.slice(from, from + BLOCK);
      if (block.some(([key]) => touchedResources.has(key)))
        this.storage.kv.put<Block>(RESOURCES + String(from).padStart(6, "0"), block.map(shortened));
    }
  }

  private forget(): void {
    for (const prefix of [RESOURCES, NESTED]) {
      for (const [key] of this.storage.kv.list({ prefix })) this.storage.kv.delete(key);
    }
  }

  private load({ root, attempt }: Head): StackState {
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

/**
 * What a stack's object keeps: the channel's epoch and head, the attempt's state and the log. A commit is one
 * transaction; whatever crashes before it leaves everything as it was.
 */
import type { Advance } from "../domain/advance.ts";
import {
  EMPTY_STATE,
  rootOf,
  type Attempt,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../domain/stack-state.ts";
import { EventLog, type LogRun } from "./event-log.ts";

/** The channel's position and the attempt: rewritten by every commit, as one row. */
type Head = Readonly<{ epoch: string; offset: number; root?: FollowedStack; attempt?: Attempt }>;

const HEAD = "head";
const NESTED = "nested/";
const RESOURCE = "resource/";

export class StackStore {
  state: StackState = EMPTY_STATE;
  readonly log: EventLog;
  private head: Head;
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.log = new EventLog(storage.sql);
    const head = storage.kv.get<Head>(HEAD);
    this.head = head ?? { epoch: newEpoch(), offset: 0 };
    if (head) this.state = this.load(head);
    else storage.kv.put(HEAD, this.head);
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

  /** Keeps what a poll brought, and gives the new frames as they go out. */
  commit(advance: Advance): readonly LogRun[] {
    const { state, frames } = advance;
    const root = rootOf(state);
    const head: Head = {
      epoch: this.head.epoch,
      offset: this.head.offset + frames.length,
      ...(root && { root }),
      ...(state.attempt && { attempt: state.attempt }),
    };
    const runs = this.storage.transactionSync(() => {
      if (advance.renewed) this.forget();
      for (const key of advance.touchedResources)
        this.storage.kv.put(RESOURCE + key, state.resources.get(key));
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

  private forget(): void {
    for (const prefix of [RESOURCE, NESTED]) {
      for (const [key] of this.storage.kv.list({ prefix })) this.storage.kv.delete(key);
    }
  }

  private load({ root, attempt }: Head): StackState {
    if (!root) return EMPTY_STATE;
    const followed = new Map([[root.stackId, root]]);
    for (const [key, stack] of this.storage.kv.list<FollowedStack>({ prefix: NESTED })) {
      followed.set(key.slice(NESTED.length), stack);
    }
    const resources = new Map<string, TrackedResource>();
    for (const [key, resource] of this.storage.kv.list<TrackedResource>({ prefix: RESOURCE })) {
      resources.set(key.slice(RESOURCE.length), resource);
    }
    return { rootId: root.stackId, ...(attempt && { attempt }), followed, resources };
  }
}

/**
 * What a stack's object keeps: the channel's epoch and head, the attempt's state and the log. A commit is one
 * transaction; whatever crashes before it leaves everything as it was.
 */
import { ChannelLog } from "../../channel/channel-log.ts";
import type { LogRun } from "../../channel/event-log.ts";
import { decoded } from "../../channel/codec.ts";
import type { RidingRows } from "../../channel/riding.ts";
import { deleteRows, readableRows } from "../../channel/rows.ts";
import type { Advance } from "../../domain/stack/findings.ts";
import { forecastsAfter } from "../../domain/stack/stack-forecasts.ts";
import {
  EMPTY_STATE,
  rootOf,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../../domain/stack/stack-state.ts";
import { keptHistory } from "../../channel/history-codec.ts";
import {
  blockCodec,
  nestedCodec,
  plannedCodec,
  scheduleCodec,
  stackDeltaCodec,
  stackHeadCodec,
  type StoredHead,
} from "./stack-codec.ts";

const floorOf = ({ attempt }: StoredHead): number => attempt?.firstOffset ?? 1;

/** A resource by its key. */
type Entry = readonly [string, TrackedResource];

/** A row may hold 2 MB: a reason of any length must not make a commit fail for ever. The log has it whole. */
const MAX_REASON_LENGTH = 8_000;

const entryTexts = new WeakMap<TrackedResource, string>();

/** As JSON text, made once: a block is written again whenever one of its resources changes. */
const entryText = ([key, resource]: Entry): string => {
  const known = entryTexts.get(resource);
  if (known !== undefined) return known;
  const { history, ...rest } = resource;
  const reason = rest.reason.slice(0, MAX_REASON_LENGTH);
  const text = JSON.stringify([key, { ...rest, reason, ...(history && { facts: keptHistory(history) }) }]);
  entryTexts.set(resource, text);
  return text;
};

const blockText = (block: readonly Entry[]): string => `[${block.map(entryText).join(",")}]`;

/** What the root's operation is to touch: long, and the same from its beginning to its end. */
const PLANNED = "planned";
/** What its template says of order and time. */
const SCHEDULE = "schedule";
const MOST_SCHEDULE = 1_000_000;
const NO_PLAN = { planned: undefined, dependencies: undefined, timeouts: undefined };
const NESTED = "nested/";
const RESOURCES = "resources/";

/**
 * Resources that are kept in one row, in the order in which they appeared. What is at work at the same time appeared at
 * about the same time: a commit touches few such rows, where a row for each resource would be one for almost every event.
 */
const BLOCK = 50;

/** Resources by their keys, and stacks by their ARNs. */
type Touched = Readonly<{ resources: ReadonlySet<string>; stacks: ReadonlySet<string> }>;

const NOTHING: Touched = { resources: new Set(), stacks: new Set() };

export class StackStorage {
  state: StackState = EMPTY_STATE;
  readonly log: ChannelLog<StoredHead>;
  /** What the log alone holds as it is now. */
  private later: Touched = NOTHING;
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.log = new ChannelLog(storage, { codec: stackHeadCodec, fresh: {}, floorOf, newEpoch });
    const state = this.log.isWhole ? this.loaded() : undefined;
    if (state) this.state = state;
    // The attempt is sent again from its beginning, as AWS shows it.
    else this.log.restart(() => this.withoutState());
  }

  /** Whether all that was kept of the stack could not be read, and AWS has not shown it since. */
  get isRestarting(): boolean {
    return this.log.floor > this.log.offset && this.log.offset > 0 && rootOf(this.state) === undefined;
  }

  /**
   * Begins another epoch if the channel ended further on once, as a reader knows from what was sent: the storage was set
   * back to an earlier time, and what comes from now on is sent under offsets that were used before.
   */
  notice(known: Readonly<{ epoch: string; offset: number }> | undefined): void {
    const { epoch, offset } = this.log;
    if (known?.epoch === epoch && known.offset > offset)
      this.log.beginEpoch(() => this.keep(this.state, this.later));
  }

  /** Keeps what a poll brought, and gives the new frames as they go out. `rows`: values that move with the commit. */
  commit({ state, frames, ...change }: Advance, rows: RidingRows = {}): readonly LogRun[] {
    const { planned, dependencies, timeouts, ...root } = rootOf(state) ?? NO_PLAN;
    const isPlanNew = planned !== undefined && planned !== rootOf(this.state)?.planned;
    const forecasts = forecastsAfter(this.log.kept.forecasts, state, Date.now());
    const kept: StoredHead = {
      ...("stackId" in root && { root }),
      ...(state.attempt && { attempt: state.attempt }),
      ...(forecasts && { forecasts }),
    };
    const texts = frames.map((frame) => JSON.stringify(frame));
    const touched = {
      resources: this.later.resources.union(change.touchedResources),
      stacks: this.later.stacks.union(change.touchedStacks),
    };
    const delta = change.renewed ? undefined : deltaOf(state, kept, change);
    let later: Touched = touched;
    const runs = this.log.commit(texts, () => {
      if (change.renewed) this.forget();
      if (isPlanNew) {
        this.storage.kv.put(PLANNED, planned);
        this.keepSchedule({ ...(dependencies && { dependencies }), ...(timeouts && { timeouts }) });
      }
      const keepAll = (): void => {
        this.keep(state, touched);
        later = NOTHING;
      };
      return { floor: floorOf(kept), kept, rows, keepAll, ...(delta && { delta }) };
    });
    this.state = state;
    this.later = later;
    return runs;
  }

  /** Writes the head again, with all that the log alone holds. */
  settle(): void {
    this.log.settle(() => this.keep(this.state, this.later));
    this.later = NOTHING;
  }

  private keep(state: StackState, { resources, stacks }: Touched): void {
    if (resources.size > 0) this.keepResources(state, resources);
    for (const stackId of stacks) {
      const stack = state.followed.get(stackId);
      if (stack && stackId !== state.rootId) this.storage.kv.put(NESTED + stackId, stack);
    }
  }

  /** What is too long to be kept is guessed after a restart. */
  private keepSchedule(schedule: Pick<FollowedStack, "dependencies" | "timeouts">): void {
    if (JSON.stringify(schedule).length <= MOST_SCHEDULE) this.storage.kv.put(SCHEDULE, schedule);
    else this.storage.kv.delete(SCHEDULE);
  }

  private keepResources(state: StackState, touched: ReadonlySet<string>): void {
    const resources = [...state.resources];
    for (let from = 0; from < resources.length; from += BLOCK) {
      const block = resources.slice(from, from + BLOCK);
      if (block.some(([key]) => touched.has(key)))
        this.storage.kv.put(RESOURCES + String(from).padStart(6, "0"), blockText(block));
    }
  }

  private forget(): void {
    for (const prefix of [RESOURCES, NESTED]) deleteRows(this.storage.kv, prefix);
  }

  private withoutState(): StoredHead {
    this.forget();
    this.storage.kv.delete(PLANNED);
    this.storage.kv.delete(SCHEDULE);
    return {};
  }

  /** Undefined if something of it cannot be read: a state with a hole would tell what is not so. */
  private loaded(): StackState | undefined {
    const { root } = this.log.kept;
    const deltas = this.log.later.map(({ delta }) => decoded(stackDeltaCodec, delta, "log"));
    if (!root && deltas.length === 0) return EMPTY_STATE;
    const { kv } = this.storage;
    const planned = readableRows(kv, PLANNED, plannedCodec);
    const nested = readableRows(kv, NESTED, nestedCodec);
    // In the order of their keys, so that every resource finds its place in its block again.
    const blocks = readableRows(kv, RESOURCES, blockCodec);
    if (![planned, nested, blocks].every(({ isWhole }) => isWhole)) return undefined;
    const [schedule] = readableRows(kv, SCHEDULE, scheduleCodec).rows;
    const followed = new Map(nested.rows);
    const resources = new Map(blocks.rows.flatMap(([, block]) => block));
    const later = { resources: new Set<string>(), stacks: new Set<string>() };
    let head = this.log.kept;
    for (const delta of deltas) {
      if (!delta) return undefined;
      head = delta.head;
      for (const [key, resource] of delta.resources ?? []) {
        resources.set(key, resource);
        later.resources.add(key);
      }
      for (const stack of delta.stacks ?? []) {
        followed.set(stack.stackId, stack);
        later.stacks.add(stack.stackId);
      }
    }
    this.later = later;
    this.log.resume(head);
    if (!head.root) return EMPTY_STATE;
    const { stackId } = head.root;
    const itself = { ...head.root, planned: planned.rows[0]?.[1] ?? {}, ...schedule?.[1] };
    return {
      rootId: stackId,
      ...(head.attempt && { attempt: head.attempt }),
      followed: new Map([[stackId, itself], ...followed]),
      resources,
    };
  }
}

/** What the log's row holds of a change; undefined if something was touched that is no more. */
const deltaOf = (
  state: StackState,
  head: StoredHead,
  { touchedResources, touchedStacks }: Pick<Advance, "touchedResources" | "touchedStacks">,
): object | undefined => {
  const stacks = [...touchedStacks].filter((stackId) => stackId !== state.rootId);
  const known = stacks.flatMap((stackId) => state.followed.get(stackId) ?? []);
  // In the order in which they appeared, which a few of many need not be looked for in.
  const resources =
    touchedResources.size === 0 ? [] : [...state.resources].filter(([key]) => touchedResources.has(key));
  if (known.length < stacks.length || resources.length < touchedResources.size) return undefined;
  return {
    head,
    ...(resources.length > 0 && { resources: blockText(resources) }),
    ...(known.length > 0 && { stacks: known }),
  };
};

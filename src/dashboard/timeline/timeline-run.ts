/**
 * What a timeline shows, in milliseconds: a run's stacks with their beginnings and ends, from the state that the events
 * fold to, or from a progress, which knows no single resources. A time that nobody reported is absent, never guessed.
 */
import {
  blockedAmong,
  wordOfResource,
  type DeploymentState,
  type ResourceNode,
  type StackNode,
} from "../../domain/deployment/deployment-state.ts";
import { isUnderway } from "../../domain/deployment/resource-node.ts";
import type {
  DeploymentProgress,
  StackProgress,
  StackStatus,
} from "../../protocol/deployment/deployment-progress.ts";
import { looksOfResource, looksOfStack, type Looks } from "./chart/bar-look.ts";

/** From when to when; without an end it goes on. */
export type TimeSpan = Readonly<{ start: number; end?: number }>;

export type TimedResource = Looks &
  Readonly<{
    key: string;
    name: string;
    type: string;
    span: TimeSpan;
    /** From when on only stability is waited for; absent: nobody has reported. */
    configured?: number;
  }>;

export type TimedStack = Looks &
  Readonly<{
    name: string;
    status: StackStatus;
    layer: number;
    dependsOn: readonly string[];
    /** Absent: it has not started. */
    span?: TimeSpan;
    percent: number;
    /** Why it failed. */
    reason?: string;
    /** How many rows its resources would take. */
    resourceCount: number;
    /** In the order in which they began; made when asked for, as most stacks stay folded. */
    resources: () => readonly TimedResource[];
  }>;

export type TimedRun = Readonly<{
  span: TimeSpan;
  /** It deletes what it is about. */
  isDestroying: boolean;
  /** Its stacks wait for whole layers, whatever they depend on. */
  isByLayers: boolean;
  /** By layer, then in the order of the run. */
  stacks: readonly TimedStack[];
}>;

export type TimelineSource = DeploymentState | DeploymentProgress;

const isState = (source: TimelineSource): source is DeploymentState => source.stacks instanceof Map;

/** Undefined for what is no time. */
const msOf = (time: string | undefined): number | undefined => {
  const ms = Date.parse(time ?? "");
  return Number.isNaN(ms) ? undefined : ms;
};

/** Clocks that tell of one thing may differ: nothing ends before it begins. */
const spanOf = (startTime: string | undefined, endTime: string | undefined): TimeSpan | undefined => {
  const start = msOf(startTime);
  const end = msOf(endTime);
  if (start === undefined) return undefined;
  return end === undefined ? { start } : { start, end: Math.max(start, end) };
};

const timedResource = (
  key: string,
  node: ResourceNode,
  stack: StackNode,
  runEnd?: string,
): TimedResource[] => {
  const { name, type, status, startTime, updatedAt, configuredAt } = node;
  const span = spanOf(startTime, isUnderway({ status }) ? runEnd : updatedAt);
  if (!span) return [];
  const configured = msOf(configuredAt);
  const looks = looksOfResource(wordOfResource(node, stack));
  return [{ key, name, type, ...looks, span, ...(configured !== undefined && { configured }) }];
};

const resourcesOf = (stack: StackNode, runEnd?: string): readonly TimedResource[] =>
  [...stack.resources]
    .flatMap(([key, node]) => timedResource(key, node, stack, stack.endTime ?? runEnd))
    .sort((one, other) => one.span.start - other.span.start || (one.name < other.name ? -1 : 1));

type Shown = Pick<StackProgress, "name" | "layer" | "status" | "startTime" | "endTime" | "error" | "cause"> &
  Readonly<{ dependsOn: readonly string[] }>;

const timedStack = (
  { name, layer, dependsOn, status, startTime, endTime, error, cause }: Shown,
  percent: number,
  isBlocked: boolean,
  runEnd: string | undefined,
): Omit<TimedStack, "resourceCount" | "resources"> => {
  // What was skipped has no beginning, but a moment.
  const span = spanOf(startTime ?? endTime, endTime ?? runEnd);
  const reason = cause?.reason || error?.message;
  return {
    name,
    status,
    layer,
    dependsOn,
    ...looksOfStack({ status, hasCause: cause !== undefined, isBlocked, isOver: runEnd !== undefined }),
    ...(span && { span }),
    percent,
    ...(reason && { reason }),
  };
};

const NONE: readonly TimedResource[] = [];

type Known = Readonly<{ isBlocked: boolean; runEnd: string | undefined; timed: TimedStack }>;

/** A stack's node is replaced by each of its events; until then all that is made of it stays the same. */
const known = new WeakMap<StackNode, Known>();

const timedNode = (node: StackNode, isBlocked: boolean, runEnd: string | undefined): TimedStack => {
  const before = known.get(node);
  if (before && before.isBlocked === isBlocked && before.runEnd === runEnd) return before.timed;
  let resources: readonly TimedResource[] | undefined;
  const timed = {
    ...timedStack(node, node.reachedPercent, isBlocked, runEnd),
    resourceCount: node.resources.size,
    resources: () => (resources ??= resourcesOf(node, runEnd)),
  };
  known.set(node, { isBlocked, runEnd, timed });
  return timed;
};

const stacksOfState = (state: DeploymentState): TimedStack[] => {
  const blocked = blockedAmong(state.stacks);
  return [...state.stacks.values()].map((node) => timedNode(node, blocked.has(node.name), state.endTime));
};

const stacksOfProgress = ({ stacks, blast, endTime }: DeploymentProgress): TimedStack[] => {
  const blocked = new Set(blast?.stacks);
  return Object.values(stacks).map((stack) => ({
    ...timedStack(stack, stack.progressPercent, blocked.has(stack.name), endTime),
    resourceCount: 0,
    resources: () => NONE,
  }));
};

/** The run that a timeline draws; undefined before one has begun. */
export const timedRunOf = (source: TimelineSource): TimedRun | undefined => {
  const span = spanOf(source.startTime, source.endTime);
  if (source.run === 0 || !span) return undefined;
  const stacks = isState(source) ? stacksOfState(source) : stacksOfProgress(source);
  const isDestroying = source.status === "destroying" || source.status === "destroyed";
  const isByLayers = source.order === "layers";
  return { span, isDestroying, isByLayers, stacks: inOrderOfStart(stacks) };
};

/** Layers in the order in which they started, their stacks likewise; what has not started comes last, as it was. */
const inOrderOfStart = (stacks: readonly TimedStack[]): TimedStack[] => {
  const starts = new Map<number, number>();
  const startOf = ({ span }: TimedStack): number => span?.start ?? Number.MAX_VALUE;
  for (const stack of stacks)
    starts.set(stack.layer, Math.min(starts.get(stack.layer) ?? Number.MAX_VALUE, startOf(stack)));
  const layerStart = ({ layer }: TimedStack): number => starts.get(layer) ?? Number.MAX_VALUE;
  return [...stacks].sort(
    (one, other) =>
      layerStart(one) - layerStart(other) || one.layer - other.layer || startOf(one) - startOf(other),
  );
};

/** Seconds that a span lasts, until `now` while it goes on. */
export const spanSecondsOf = ({ start, end }: TimeSpan, now: number): number =>
  Math.max(0, (end ?? now) - start) / 1000;

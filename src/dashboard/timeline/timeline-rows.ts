/** The rows of a timeline, top to bottom: layers, their stacks, and the resources of those stacks that are unfolded. */
import { layerTally } from "../deployment/tree/layer-tally.ts";
import { criticalPathOf, type CriticalPath } from "./critical-path.ts";
import { type TimeSpan, type TimedResource, type TimedRun, type TimedStack } from "./timeline-run.ts";

/** Where a row stands among those beside it, from 1. */
type Place = Readonly<{ key: string; place: number; of: number }>;

type LayerRow = Place &
  Readonly<{ kind: "layer"; layer: number; stacks: readonly TimedStack[]; tally: string; span?: TimeSpan }>;

export type StackTimelineRow = Place &
  Readonly<{ kind: "stack"; stack: TimedStack; isCritical: boolean; isOpen: boolean }>;

export type ResourceRow = Place & Readonly<{ kind: "resource"; stack: TimedStack; resource: TimedResource }>;

export type TimelineRow = LayerRow | StackTimelineRow | ResourceRow;

/** The run's critical path as of `now`. */
export const pathOfRun = ({ stacks, isByLayers }: TimedRun, now: number): CriticalPath =>
  criticalPathOf(
    stacks.map(({ name, layer, dependsOn, span }) => ({
      name,
      layer,
      dependsOn,
      ...(span && { span: { start: span.start, end: span.end ?? now } }),
    })),
    isByLayers,
  );

export const stackKeyOf = (stack: string): string => `stack ${stack}`;

/** The bar of what is one above many: from the first beginning to the last end; it goes on while one of them does. */
const spanOver = (spans: readonly TimeSpan[]): TimeSpan | undefined => {
  if (spans.length === 0) return undefined;
  const start = Math.min(...spans.map((span) => span.start));
  if (spans.some(({ end }) => end === undefined)) return { start };
  return { start, end: Math.max(...spans.map(({ end = start }) => end)) };
};

export type RowChoice = Readonly<{
  /** Names of the stacks whose resources are shown. */
  open: ReadonlySet<string>;
  critical: ReadonlySet<string>;
  /** Only stacks of the critical path. */
  onlyCritical?: boolean;
}>;

export const timelineRowsOf = (
  run: TimedRun,
  { open, critical, onlyCritical = false }: RowChoice,
): TimelineRow[] => {
  const byLayer = new Map<number, TimedStack[]>();
  for (const stack of run.stacks) {
    if (onlyCritical && !critical.has(stack.name)) continue;
    const known = byLayer.get(stack.layer);
    if (known) known.push(stack);
    else byLayer.set(stack.layer, [stack]);
  }
  const rows: TimelineRow[] = [];
  let layers = 0;
  for (const [layer, stacks] of byLayer) {
    const span = spanOver(stacks.flatMap((stack) => stack.span ?? []));
    const tally = layerTally(
      stacks.map(({ status }) => status),
      run.isDestroying,
    );
    const at = { place: ++layers, of: byLayer.size };
    rows.push({ kind: "layer", key: `layer ${layer}`, ...at, layer, stacks, tally, ...(span && { span }) });
    for (const [index, stack] of stacks.entries()) {
      const key = stackKeyOf(stack.name);
      const isOpen = open.has(stack.name) && stack.resourceCount > 0;
      const isCritical = critical.has(stack.name);
      rows.push({ kind: "stack", key, place: index + 1, of: stacks.length, stack, isCritical, isOpen });
      if (isOpen) rows.push(...resourceRowsOf(stack));
    }
  }
  return rows;
};

const known = new WeakMap<TimedStack, readonly ResourceRow[]>();

/** Kept for as long as the stack is the same: of many unfolded stacks few change at once. */
const resourceRowsOf = (stack: TimedStack): readonly ResourceRow[] => {
  const before = known.get(stack);
  if (before) return before;
  const resources = stack.resources();
  const rows = resources.map((resource, index): ResourceRow => {
    const key = `${stackKeyOf(stack.name)} ${resource.key}`;
    return { kind: "resource", key, place: index + 1, of: resources.length, stack, resource };
  });
  known.set(stack, rows);
  return rows;
};

/** The moment from which a stack could have started: all that it depends on had ended; undefined if that is not reported. */
export const readyAt = (stack: TimedStack, run: TimedRun): number | undefined => {
  let ready = run.span.start;
  const needed = new Set(stack.dependsOn);
  if (needed.size === 0 && stack.layer > 1) return undefined;
  for (const { name, span } of run.stacks) {
    if (!needed.has(name)) continue;
    if (span?.end === undefined) return undefined;
    ready = Math.max(ready, span.end);
  }
  return ready;
};

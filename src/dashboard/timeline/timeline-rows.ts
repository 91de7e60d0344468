/** The rows of a timeline, top to bottom: layers, their stacks, and the resources of those stacks that are unfolded. */
import { criticalPathOf, type CriticalPath } from "./critical-path.ts";
import { secondsOf, type Span, type TimedResource, type TimedRun, type TimedStack } from "./timeline-run.ts";

export type TimelineRow =
  | Readonly<{ kind: "layer"; key: string; layer: number; stacks: readonly TimedStack[]; span?: Span }>
  | Readonly<{ kind: "stack"; key: string; stack: TimedStack; isCritical: boolean; isOpen: boolean }>
  | Readonly<{ kind: "resource"; key: string; stack: TimedStack; resource: TimedResource }>;

/** The run's critical path as of `now`. */
export const pathOfRun = ({ stacks }: TimedRun, now: number): CriticalPath =>
  criticalPathOf(
    stacks.map(({ name, layer, dependsOn, span }) => ({
      name,
      layer,
      dependsOn,
      seconds: span ? secondsOf(span, now) : 0,
    })),
  );

export const stackKeyOf = (stack: string): string => `stack ${stack}`;

/** The bar of what is one above many: from the first beginning to the last end; it goes on while one of them does. */
const spanOver = (spans: readonly Span[]): Span | undefined => {
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
  for (const [layer, stacks] of byLayer) {
    const span = spanOver(stacks.flatMap((stack) => stack.span ?? []));
    rows.push({ kind: "layer", key: `layer ${layer}`, layer, stacks, ...(span && { span }) });
    for (const stack of stacks) {
      const isOpen = open.has(stack.name) && stack.resourceCount > 0;
      const key = stackKeyOf(stack.name);
      rows.push({ kind: "stack", key, stack, isCritical: critical.has(stack.name), isOpen });
      if (!isOpen) continue;
      for (const resource of stack.resources())
        rows.push({ kind: "resource", key: `${key} ${resource.key}`, stack, resource });
    }
  }
  return rows;
};

/** The moment from which a stack could have begun: all that it depends on had ended; undefined if that is not told. */
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

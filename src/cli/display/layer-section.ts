/**
 * A layer of the layered display, as dense as the terminal is small: first what has ended well shrinks to a line, then
 * what waits; what fails and what runs stays longest.
 */
import type { StackProgress } from "../../protocol/deployment-progress.ts";
import { countText, partText } from "./durations.ts";
import { cutText, line, piece, widthOf, type Line } from "./line.ts";
import { detailLine, isRunning, stackLine, type RowContext } from "./stack-row.ts";
import { STACK_MARKS } from "./status-mark.ts";

export type Layer = Readonly<{ number: number; stacks: readonly StackProgress[] }>;

/** How much is left out. */
export type Density = Readonly<{
  /** Whether layers stand apart. */
  gaps: boolean;
  /** Layers whose stacks have all ended well: stack by stack, a line each, or one for all. */
  finished: "rows" | "line" | "merged";
  /** Within other layers, stacks that have ended well and those that wait: one by one, or a line for all. */
  calm: "rows" | "line";
  /** What running stacks are busy with. */
  details: boolean;
}>;

/** From roomy to tight. */
export const DENSITIES: readonly Density[] = [
  { gaps: true, finished: "rows", calm: "rows", details: true },
  { gaps: true, finished: "line", calm: "rows", details: true },
  { gaps: true, finished: "line", calm: "line", details: true },
  { gaps: false, finished: "line", calm: "line", details: true },
  { gaps: false, finished: "merged", calm: "line", details: true },
  { gaps: false, finished: "merged", calm: "line", details: false },
];

/** A line, and how long it is kept where room is short: 0 the longest. */
export type Row = Readonly<{ line: Line; rank: 0 | 1 | 2 | 3; stands: "failed" | "running" | "other" }>;

const row = (content: Line, rank: Row["rank"], stands: Row["stands"] = "other"): Row => ({
  line: content,
  rank,
  stands,
});

const isWell = ({ status }: StackProgress): boolean =>
  status === "deployed" || status === "skipped" || status === "deleted" || status === "rolled_back";

export const isLayerDone = ({ stacks }: Layer): boolean => stacks.every(isWell);

const namesOf = (stacks: readonly StackProgress[]): string => stacks.map(({ name }) => name).join(", ");

/** Names if they fit, else their number. */
const namesOrCount = (stacks: readonly StackProgress[], columns: number): string => {
  const names = namesOf(stacks);
  return widthOf(line(names)) <= columns ? names : countText(stacks.length, "stack");
};

/** `Layer 2/5: security, secrets, dns`. */
const headingOf = ({ number, stacks }: Layer, totalLayers: number, columns: number): Line => {
  const head = `Layer ${number}/${totalLayers}: `;
  return line(piece(head, "strong"), namesOrCount(stacks, columns - head.length));
};

/** Seconds from the first beginning to the last end. */
const spanOf = (stacks: readonly StackProgress[]): number => {
  const starts = stacks.flatMap(({ startTime }) => startTime ?? []).sort();
  const ends = stacks.flatMap(({ endTime }) => endTime ?? []).sort();
  const [first] = starts;
  const last = ends.at(-1);
  return first === undefined || last === undefined
    ? 0
    : Math.max(0, Date.parse(last) - Date.parse(first)) / 1000;
};

const skippedText = (stacks: readonly StackProgress[]): string => {
  const skipped = stacks.filter(({ status }) => status === "skipped").length;
  return skipped > 0 ? `, ${skipped} skipped` : "";
};

/** `✓ Layer 1/5: network (120s)`. */
const doneLine = (layer: Layer, totalLayers: number, columns: number): Line => {
  const { number, stacks } = layer;
  const [first] = stacks;
  const { symbol, tone } =
    STACK_MARKS[first && stacks.every(({ status }) => status === first.status) ? first.status : "deployed"];
  const detail = ` (${partText(spanOf(stacks))}${skippedText(stacks)})`;
  const head = `Layer ${number}/${totalLayers}: `;
  const names = namesOrCount(stacks, columns - head.length - detail.length - 2);
  return line(piece(symbol, tone), " ", piece(head, "strong"), names, piece(detail, "quiet"));
};

/** `✓ Layers 1 to 3 of 5: 45 stacks`. */
export const mergedLine = (layers: readonly Layer[], totalLayers: number): Line => {
  const stacks = layers.flatMap((layer) => layer.stacks);
  const numbers = layers.map(({ number }) => number);
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? first;
  const unbroken = last - first + 1 === numbers.length;
  const which =
    numbers.length === 1
      ? `Layer ${first}`
      : `Layers ${unbroken ? `${first} to ${last}` : numbers.join(", ")}`;
  return line(
    piece("✓", "good"),
    " ",
    piece(`${which} of ${totalLayers}: `, "strong"),
    `${countText(stacks.length, "stack")} done`,
    piece(skippedText(stacks), "quiet"),
  );
};

/** `  ⏸ 32 waiting: compute, frontend, …`. */
const calmLine = (stacks: readonly StackProgress[], columns: number, context: RowContext): readonly Row[] => {
  const [first] = stacks;
  if (!first) return [];
  const { symbol, tone, word } = STACK_MARKS[first.status];
  const shown = first.status === "pending" && context.blocked.has(first.name) ? "cannot begin" : word;
  const head = `${stacks.length} ${shown}: `;
  const names = piece(cutText(namesOf(stacks), columns - 4 - head.length), "quiet");
  return [row(line("  ", piece(symbol, tone), " ", piece(head), names), first.status === "pending" ? 2 : 3)];
};

const calmRows = (stacks: readonly StackProgress[], columns: number, context: RowContext): readonly Row[] => {
  const kinds = new Map<string, StackProgress[]>();
  for (const stack of stacks) {
    const kind = `${stack.status} ${stack.status === "pending" && context.blocked.has(stack.name)}`;
    const known = kinds.get(kind);
    if (known) known.push(stack);
    else kinds.set(kind, [stack]);
  }
  return [...kinds.values()].flatMap((kind) => calmLine(kind, columns, context));
};

const rowsOfStack = (
  stack: StackProgress,
  context: RowContext,
  details: boolean,
  color: boolean,
): readonly Row[] => {
  const stands = stack.status === "failed" ? "failed" : isRunning(stack) ? "running" : "other";
  const rank = stands === "failed" ? 0 : stands === "running" ? 1 : 2;
  const detail = details ? detailLine(stack, context) : undefined;
  return [row(stackLine(stack, context, color), rank, stands), ...(detail ? [row(detail, 3)] : [])];
};

/** Those that fail, then those that run, then the rest; within each as they are planned. */
const byUrgency = (stacks: readonly StackProgress[]): StackProgress[] => {
  const rankOf = (stack: StackProgress) => (stack.status === "failed" ? 0 : isRunning(stack) ? 1 : 2);
  return [...stacks].sort((one, other) => rankOf(one) - rankOf(other));
};

/** The rows of one layer; none for one that is merged with others. */
export const layerRows = (
  layer: Layer,
  totalLayers: number,
  density: Density,
  context: RowContext,
  color: boolean,
): readonly Row[] => {
  const { columns } = context;
  if (isLayerDone(layer) && density.finished === "merged") return [];
  if (isLayerDone(layer) && density.finished === "line")
    return [row(doneLine(layer, totalLayers, columns), 3)];
  const heading = row(headingOf(layer, totalLayers, columns), 1);
  const each = (stacks: readonly StackProgress[]) =>
    stacks.flatMap((stack) => rowsOfStack(stack, context, density.details, color));
  if (density.calm === "rows") return [heading, ...each(layer.stacks)];
  const isBusy = (stack: StackProgress) => stack.status === "failed" || isRunning(stack);
  const calm = layer.stacks.filter((stack) => !isBusy(stack));
  return [heading, ...each(byUrgency(layer.stacks.filter(isBusy))), ...calmRows(calm, columns, context)];
};

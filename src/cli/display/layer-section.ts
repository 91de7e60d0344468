/**
 * A layer of the layered display, as dense as the terminal is small: first what has ended well shrinks to a line, then
 * what waits; what fails and what runs stays longest.
 */
import { secondsBetween } from "../../domain/elapsed.ts";
import { NOT_STARTED } from "../../domain/words/status-words.ts";
import type { StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { countText, durationText } from "../../domain/words/durations.ts";
import { cutText, line, piece, widthOf, type Line } from "./text/line.ts";
import { detailLine, isRunning, rankOf, stackLine, wordOf, type RowContext } from "./stack-row.ts";
import { stackMark } from "./status-mark.ts";

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

/** A line, how long it is kept where room is short (0 the longest), and the stacks that it stands for. */
export type SectionRow = Readonly<{ line: Line; rank: 0 | 1 | 2 | 3; word: string; stacks: number }>;

const row = (content: Line, rank: SectionRow["rank"], word = "", stacks = 0): SectionRow => ({
  line: content,
  rank,
  word,
  stacks,
});

/** Rows that stand for no stack. */
export const gapRow: SectionRow = row([], 3);

/** Whether nothing more happens to the stack on the way that its deployment goes. */
const isWell = ({ status }: StackProgress, goesBack: boolean): boolean =>
  status === "skipped" ||
  status === "rolled_back" ||
  (goesBack ? status === "pending" || status === "deleted" : status === "deployed");

export const isLayerDone = ({ stacks }: Layer, goesBack: boolean): boolean =>
  stacks.every((stack) => isWell(stack, goesBack));

const namesOf = (stacks: readonly StackProgress[]): string => stacks.map(({ name }) => name).join(", ");

/** `2 running, 14 done, 8 waiting`. */
const standText = (stacks: readonly StackProgress[], context: RowContext): string => {
  const counts = new Map<string, number>();
  for (const stack of stacks) {
    const word = wordOf(stack, context);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort(([one], [other]) => placeOf(one) - placeOf(other))
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
};

/** As urgent as they are. */
const WORDS = [
  "failed",
  "failing",
  "deleting",
  "deploying",
  "cannot start",
  NOT_STARTED,
  "waiting",
  "still deployed",
  "deployed",
];

const placeOf = (word: string): number => (WORDS.includes(word) ? WORDS.indexOf(word) : WORDS.length);

/** Names if they fit, else their number. */
const namesOrCount = (stacks: readonly StackProgress[], columns: number): string => {
  const names = namesOf(stacks);
  return widthOf(line(names)) <= columns ? names : countText(stacks.length, "stack");
};

/** Room for `Layer 10/12: `. */
const LABEL_COLUMNS = 13;

/** `Layer 2/5: security, secrets, dns`, or `Layer 3/5: 24 stacks (13 deploying, 11 deployed)`. */
const headingOf = ({ number, stacks }: Layer, totalLayers: number, context: RowContext): Line => {
  const head = `Layer ${number}/${totalLayers}: `;
  const names = namesOf(stacks);
  if (widthOf(line(names)) <= context.columns - LABEL_COLUMNS) return line(piece(head, "strong"), names);
  const stands = piece(` (${standText(stacks, context)})`, "quiet");
  return line(piece(head, "strong"), countText(stacks.length, "stack"), stands);
};

/** Seconds from the first beginning to the last end. */
const spanOf = (stacks: readonly StackProgress[]): number => {
  const starts = stacks.flatMap(({ startTime }) => startTime ?? []).sort();
  const ends = stacks.flatMap(({ endTime }) => endTime ?? []).sort();
  const [first] = starts;
  const last = ends.at(-1);
  return first === undefined || last === undefined ? 0 : secondsBetween(first, last);
};

const skippedText = (stacks: readonly StackProgress[]): string => {
  const skipped = stacks.filter(({ status }) => status === "skipped").length;
  return skipped > 0 ? `, ${skipped} skipped` : "";
};

/** `Layer 1/5: ✓ network (120s)`. */
const doneLine = (layer: Layer, totalLayers: number, context: RowContext): Line => {
  const { columns, goesBack, going } = context;
  const { number, stacks } = layer;
  const [first] = stacks;
  const alike = first && stacks.every(({ status }) => status === first.status);
  const { symbol, tone } = stackMark(alike ? first.status : goesBack ? "deleted" : "deployed", going);
  const detail = goesBack ? "" : ` (${durationText(spanOf(stacks))}${skippedText(stacks)})`;
  const head = `Layer ${number}/${totalLayers}: `;
  const names = namesOrCount(stacks, columns - head.length - detail.length - 2);
  return line(piece(head, "strong"), piece(symbol, tone), ` ${names}`, piece(detail, "quiet"));
};

/** `Layers 1 to 3 of 5: ✓ 45 stacks (1 skipped)`. */
export const mergedLine = (
  layers: readonly Layer[],
  totalLayers: number,
  { goesBack, going }: Pick<RowContext, "goesBack" | "going">,
): Line => {
  const { symbol, tone } = stackMark(goesBack ? "deleted" : "deployed", going);
  const stacks = layers.flatMap((layer) => layer.stacks);
  const numbers = layers.map(({ number }) => number);
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? first;
  const unbroken = last - first + 1 === numbers.length;
  const several = `Layers ${unbroken ? `${first} to ${last}` : numbers.join(", ")} of ${totalLayers}: `;
  const skipped = skippedText(stacks).replace(/^, (.*)$/, " ($1)");
  return line(
    piece(numbers.length === 1 ? `Layer ${first}/${totalLayers}: ` : several, "strong"),
    piece(symbol, tone),
    ` ${countText(stacks.length, "stack")}`,
    piece(skipped, "quiet"),
  );
};

/** `  ⏸ 32 waiting: compute, frontend, …`. */
const calmRow = (stacks: readonly StackProgress[], context: RowContext): readonly SectionRow[] => {
  const [first] = stacks;
  if (!first) return [];
  const { symbol, tone } = stackMark(first.status, context.going);
  const word = wordOf(first, context);
  const head = `${stacks.length} ${word}: `;
  const names = piece(cutText(namesOf(stacks), context.columns - 4 - head.length), "quiet");
  const rank = first.status === "pending" ? 2 : 3;
  return [row(line("  ", piece(symbol, tone), " ", piece(head), names), rank, word, stacks.length)];
};

/** `counted`: the heading says how many there are of each, so that those at rest need no line. */
const calmRows = (
  stacks: readonly StackProgress[],
  context: RowContext,
  counted: boolean,
): readonly SectionRow[] => {
  const kinds = new Map<string, StackProgress[]>();
  for (const stack of stacks) {
    const kind = wordOf(stack, context);
    const known = kinds.get(kind);
    if (known) known.push(stack);
    else kinds.set(kind, [stack]);
  }
  return [...kinds.values()].flatMap((kind) => {
    const [first, ...others] = kind;
    if (counted && first?.status !== "pending") return [];
    return first && others.length === 0 ? rowsOfStack(first, context, false, false) : calmRow(kind, context);
  });
};

const rowsOfStack = (
  stack: StackProgress,
  context: RowContext,
  details: boolean,
  color: boolean,
): readonly SectionRow[] => {
  const rank = rankOf(stack, context);
  // Why one fails is shown as long as the stack itself.
  const detail = details || rank === 0 ? detailLine(stack, context) : undefined;
  return [
    row(stackLine(stack, context, color), rank, wordOf(stack, context), 1),
    ...(detail ? [row(detail, rank === 0 ? 0 : 3)] : []),
  ];
};

/** Those that fail, then those that run, then the rest; within each as they are planned. */
const byUrgency = (stacks: readonly StackProgress[], context: RowContext): StackProgress[] =>
  [...stacks].sort((one, other) => rankOf(one, context) - rankOf(other, context));

/** The rows of one layer; none for one that is merged with others. */
export const layerRows = (
  layer: Layer,
  totalLayers: number,
  density: Density,
  context: RowContext,
  color: boolean,
): readonly SectionRow[] => {
  if (isLayerDone(layer, context.goesBack)) {
    if (density.finished === "merged") return [];
    if (density.finished === "line") return [row(doneLine(layer, totalLayers, context), 3)];
  }
  const heading = row(headingOf(layer, totalLayers, context), 1);
  const counted = widthOf(line(namesOf(layer.stacks))) > context.columns - LABEL_COLUMNS;
  const each = (stacks: readonly StackProgress[]) =>
    stacks.flatMap((stack) => rowsOfStack(stack, context, density.details, color));
  if (density.calm === "rows") return [heading, ...each(layer.stacks)];
  const isBusy = (stack: StackProgress) => stack.status === "failed" || isRunning(stack);
  const calm = layer.stacks.filter((stack) => !isBusy(stack));
  return [
    heading,
    ...each(byUrgency(layer.stacks.filter(isBusy), context)),
    ...calmRows(calm, context, counted),
  ];
};

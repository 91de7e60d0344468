/** The layered display: the seeds' first one, within the rows that there are. */
import type {
  DeploymentProgress,
  DeploymentStatus,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import { line, piece, type Line } from "./text/line.ts";
import {
  DENSITIES,
  gapRow,
  isLayerDone,
  layerRows,
  mergedLine,
  type Density,
  type Layer,
  type SectionRow,
} from "./layer-section.ts";
import type { DeploymentScene, Size } from "./scene.ts";
import type { RowContext } from "./stack-row.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";

const GOING_BACK: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>([
  "rolling_back",
  "rolled_back",
  "destroying",
  "destroyed",
]);

/** The layers that are shown: those that have begun; all of them once the way leads back or is over. */
const layersOf = (progress: DeploymentProgress): Layer[] => {
  const byNumber = new Map<number, StackProgress[]>();
  for (const stack of Object.values(progress.stacks)) {
    const known = byNumber.get(stack.layer);
    if (known) known.push(stack);
    else byNumber.set(stack.layer, [stack]);
  }
  const all = [...byNumber]
    .map(([number, stacks]) => ({ number, stacks }))
    .sort((one, other) => one.number - other.number);
  if (hasRunEnded(progress.status) || GOING_BACK.has(progress.status)) return all;
  const { currentLayer = 0 } = progress;
  return all.filter(
    ({ number, stacks }) => number <= currentLayer || stacks.some(({ status }) => status !== "pending"),
  );
};

/** Sections of rows; an empty line stands between them where there is room for it. */
const sectionsOf = (
  layers: readonly Layer[],
  totalLayers: number,
  density: Density,
  context: RowContext,
  color: boolean,
): readonly (readonly SectionRow[])[] => {
  const done =
    density.finished === "merged" ? layers.filter((layer) => isLayerDone(layer, context.goesBack)) : [];
  const merged = done.length > 0 ? [{ ...gapRow, line: mergedLine(done, totalLayers, context) }] : [];
  return [merged, ...layers.map((layer) => layerRows(layer, totalLayers, density, context, color))].filter(
    (rows) => rows.length > 0,
  );
};

/** A single done layer's line needs no empty line before the next of its kind. */
const isLine = (rows: readonly SectionRow[] | undefined): boolean => rows?.length === 1;

const withGaps = (sections: readonly (readonly SectionRow[])[]): readonly SectionRow[] =>
  sections.flatMap((rows, index) =>
    index === 0 || (isLine(rows) && isLine(sections[index - 1])) ? rows : [gapRow, ...rows],
  );

/** `3 more failed, 7 more running`. */
const leftText = (left: readonly SectionRow[]): string => {
  const counts = new Map<string, number>();
  for (const { word, stacks } of left) if (stacks > 0) counts.set(word, (counts.get(word) ?? 0) + stacks);
  return [...counts].map(([word, count]) => `${count} more ${word}`).join(", ");
};

/** As many rows as there is room for, the most urgent ones; the last tells what is left out. */
const bounded = (rows: readonly SectionRow[], room: number): readonly Line[] => {
  if (rows.length <= room) return rows.map((row) => row.line);
  if (room < 1) return [];
  const order = rows
    .map((row, index) => ({ row, index }))
    .sort((one, other) => one.row.rank - other.row.rank);
  const kept = new Set(order.slice(0, room - 1).map(({ index }) => index));
  const left = leftText(rows.filter((_, index) => !kept.has(index)));
  return [
    ...rows.filter((_, index) => kept.has(index)).map((row) => row.line),
    line(piece(`  … ${left}`, "quiet")),
  ];
};

/** What stands between the title and the line of progress. */
export const layeredBody = (
  { state, messages }: DeploymentScene,
  progress: DeploymentProgress,
  now: number,
  { columns, rows: room }: Size,
  color: boolean,
): readonly Line[] => {
  const over = hasRunEnded(progress.status);
  const blocked = new Set(progress.blast?.stacks);
  const goesBack = GOING_BACK.has(progress.status);
  const context: RowContext = {
    now,
    columns,
    state,
    messages,
    blocked,
    over,
    goesBack,
    going: progress.status,
  };
  const layers = layersOf(progress);
  const totalLayers = Math.max(progress.totalLayers, ...layers.map(({ number }) => number), 1);
  let rows: readonly SectionRow[] = [];
  for (const density of DENSITIES) {
    const sections = sectionsOf(layers, totalLayers, density, context, color);
    rows = density.gaps ? withGaps(sections) : sections.flat();
    if (rows.length <= room) break;
  }
  return bounded(rows, room);
};

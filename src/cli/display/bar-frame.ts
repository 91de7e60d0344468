/** The display with one bar: the seeds' third picture. Below it the resources of what runs, as far as there is room. */
import type { DeploymentState, ResourceNode } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment-progress.ts";
import { partText } from "./durations.ts";
import { EMPTY_LINE, line, paddedText, piece, widthOf, type Line } from "./line.ts";
import { stackCountText, timesText } from "./progress-line.ts";
import type { DeploymentScene, Size } from "./scene.ts";
import { bar, elapsedOfStack, isRunning } from "./stack-row.ts";
import { isOver, PENDING_MARK, RESOURCE_MARKS, type Mark } from "./status-mark.ts";

/** As wide as in the picture; a narrow terminal gets as much as leaves room for the numbers. */
const BAR_COLUMNS = 53;
const NUMBERS_COLUMNS = 24;

export const barColumns = (columns: number): number =>
  Math.max(10, Math.min(BAR_COLUMNS, columns - NUMBERS_COLUMNS));

/** `━━━━━━ 35% (4/12 stacks)`. */
export const barLine = (progress: DeploymentProgress, columns: number, color: boolean): Line => {
  const { progressPercent, failedStacks } = progress.summary;
  return line(
    ...bar(progressPercent, barColumns(columns), color),
    ` ${String(progressPercent).padStart(2)}% (${stackCountText(progress)}`,
    piece(failedStacks > 0 ? `, ${failedStacks} failed` : "", "bad"),
    ")",
  );
};

/** A row of a tree: its name, a mark, and what else is to be said. */
export type Twig = Readonly<{ name: string; mark: Mark; detail: string; more?: string; rank: number }>;

/** The twigs as a tree, names in one column; where room is short the least urgent are left out and counted. */
export const treeLines = (twigs: readonly Twig[], room: number, columns: number): readonly Line[] => {
  const widest = Math.max(0, ...twigs.map(({ name }) => widthOf(line(name))));
  const nameColumns = Math.min(widest, Math.max(12, Math.floor(columns / 2) - 8));
  const shown = mostUrgent(twigs, room);
  const hidden = twigs.length - shown.length;
  return [
    ...shown.map(({ name, mark, detail, more }, index) =>
      line(
        piece(index === shown.length - 1 && hidden === 0 ? "└─ " : "├─ ", "quiet"),
        paddedText(name, nameColumns),
        " ",
        piece(`${mark.symbol} ${mark.word}`, mark.tone),
        piece(detail === "" ? "" : ` (${detail})`, "quiet"),
        piece(more === undefined || more === "" ? "" : `  ${more}`, "quiet"),
      ),
    ),
    ...(hidden > 0 ? [line(piece(`└─ … ${hidden} more`, "quiet"))] : []),
  ];
};

/** As many as there is room for, in their order; one row is kept to say that there are more. */
const mostUrgent = (twigs: readonly Twig[], room: number): readonly Twig[] => {
  if (twigs.length <= room) return twigs;
  const order = twigs.map((twig, index) => ({ twig, index }));
  // Of equals the newest.
  order.sort((one, other) => one.twig.rank - other.twig.rank || other.index - one.index);
  const kept = new Set(order.slice(0, Math.max(0, room - 1)).map(({ index }) => index));
  return twigs.filter((_, index) => kept.has(index));
};

const secondsBetween = (from: string, to: number): number => Math.max(0, to - Date.parse(from)) / 1000;

const twigOf = ({ name, status, startTime, updatedAt }: ResourceNode, now: number): Twig => {
  const mark = RESOURCE_MARKS[status];
  if (status.endsWith("ing"))
    return { name, mark, detail: `${partText(secondsBetween(startTime, now))} elapsed`, rank: 1 };
  const seconds = secondsBetween(startTime, Date.parse(updatedAt));
  return { name, mark, detail: partText(seconds), rank: status === "failed" ? 0 : 3 };
};

const twigsOf = (stack: StackProgress, state: DeploymentState | undefined, now: number): readonly Twig[] => {
  const resources = [...(state?.stacks.get(stack.name)?.resources.values() ?? [])];
  const twigs = resources.map((resource) => twigOf(resource, now));
  if (stack.status !== "deploying") return twigs;
  const unseen = stack.resources.total - resources.length;
  const coming: Twig[] =
    unseen > 0 && resources.length > 0
      ? [{ name: `${unseen} more`, mark: PENDING_MARK, detail: "", rank: 2 }]
      : [];
  return [...twigs, ...coming, { name: "Outputs", mark: PENDING_MARK, detail: "", rank: 4 }];
};

/** `Current: database-rds (Layer 3/5)` and its resources. */
const stackBlock = (
  stack: StackProgress,
  { state }: DeploymentScene,
  progress: DeploymentProgress,
  now: number,
  { rows, columns }: Size,
): readonly Line[] => {
  const over = isOver(progress.status);
  const label = isRunning(stack) && !over ? "Current: " : "Failed: ";
  const elapsed = partText(elapsedOfStack(stack, { now, over }));
  const layer = `Layer ${stack.layer}/${Math.max(progress.totalLayers, stack.layer)}`;
  const { progressPercent: percent } = stack;
  const where = isRunning(stack) ? `(${layer})` : `(${layer}, after ${elapsed})`;
  const several =
    isRunning(stack) && percent > 0 && Object.values(progress.stacks).filter(isRunning).length > 1;
  return [
    line(
      piece(label, label === "Failed: " ? "bad" : "plain"),
      piece(stack.name, "strong"),
      piece(` ${where}${several ? ` ${percent}%` : ""}`),
    ),
    ...treeLines(twigsOf(stack, state, now), rows - 1, columns),
  ];
};

const MOST_ROWS = 12;

/** What stands between the title and the line of times. */
export const barBody = (
  scene: DeploymentScene,
  progress: DeploymentProgress,
  now: number,
  { columns, rows }: Size,
  color: boolean,
): readonly Line[] => {
  const stacks = Object.values(progress.stacks);
  const failed = stacks.filter(({ status }) => status === "failed");
  const running = isOver(progress.status) ? [] : stacks.filter(isRunning);
  const blocks = [...failed, ...running];
  const lines: Line[] = [barLine(progress, columns, color)];
  let left = rows - 1;
  for (const [index, stack] of blocks.entries()) {
    const others = blocks.length - index;
    // The stacks that follow get their part, as long as three rows make sense for each.
    const share = Math.min(MOST_ROWS, Math.max(4, Math.floor((left - 1) / others)));
    const more = others > 1 ? 1 : 0;
    if (left - more < 3) {
      if (left > 0) lines.push(line(piece(`… ${others} more running or failed`, "quiet")));
      break;
    }
    const block = stackBlock(stack, scene, progress, now, {
      columns,
      rows: Math.min(share, left - more) - 1,
    });
    lines.push(EMPTY_LINE, ...block);
    left -= block.length + 1;
  }
  return lines;
};

/** `Elapsed: 5m 30s | ETA: ~10m | Smart Skip: 1 stack`. */
export const barFoot = (progress: DeploymentProgress, now: number): Line => {
  const { skippedStacks } = progress.summary;
  const skip =
    skippedStacks > 0 ? ` | Smart Skip: ${skippedStacks} stack${skippedStacks === 1 ? "" : "s"}` : "";
  return line(timesText(progress, now) + skip);
};

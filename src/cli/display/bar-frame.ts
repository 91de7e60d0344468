/** The display with one bar: the seeds' third one. Below it the resources of what runs, as far as there is room. */
import { secondsBetween } from "../../domain/elapsed.ts";
import {
  isLost,
  wordOfResource,
  type DeploymentState,
  type ResourceNode,
  type StackNode,
} from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { countText, durationText } from "../../domain/words/durations.ts";
import { cutText, EMPTY_LINE, line, paddedText, piece, widthOf, type Line } from "./text/line.ts";
import { stackCountText, timesText } from "./progress-line.ts";
import type { DeploymentScene, Size } from "./scene.ts";
import { bar, elapsedOfStack, isRunning } from "./stack-row.ts";
import { capitalised, hasRunEnded } from "../../domain/words/status-words.ts";
import { statusMark, type StatusMark } from "./status-mark.ts";

/** As wide as the seeds draw it; a narrow terminal gets as much as leaves room for the numbers. */
const BAR_COLUMNS = 53;

/** `numbers`: what stands beside it, as long as it will ever be. */
export const barColumns = (columns: number, numbers: string): number =>
  Math.max(4, Math.min(BAR_COLUMNS, columns - numbers.length));

/** `━━━━━━ 35% (4/12 stacks)`. */
const barLine = (progress: DeploymentProgress, columns: number, color: boolean): Line => {
  const { progressPercent, totalStacks } = progress.summary;
  const longest = ` 100% (${totalStacks}/${totalStacks} rolled back)`;
  return line(
    ...bar(progressPercent, barColumns(columns, longest), color),
    ` ${String(progressPercent).padStart(2)}% (${stackCountText(progress)})`,
  );
};

/** A row of a tree: its name and kind, a mark, and what else is to be said; of rank 0 are those that are left out last. */
export type Twig = Readonly<{ name: string; kind: string; mark: StatusMark; detail: string; rank: number }>;

const widestOf = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map((text) => widthOf(line(text))));

/** The twigs as a tree with names in one column; where room is short the least urgent are left out and counted. */
export const treeLines = (twigs: readonly Twig[], room: number, columns: number): readonly Line[] => {
  const most = Math.max(12, Math.floor(columns / 2) - 8);
  const nameColumns = Math.min(widestOf(twigs.map(({ name }) => name)), most);
  const kindColumns = columns < COLUMNS_FOR_KINDS ? 0 : Math.min(widestOf(twigs.map(({ kind }) => kind)), 40);
  const shown = mostUrgent(twigs, room);
  const hidden = room > 1 ? twigs.length - shown.length : 0;
  return [
    ...shown.map(({ name, kind, mark, detail }, index) =>
      line(
        piece(index === shown.length - 1 && hidden === 0 ? "└─ " : "├─ ", "quiet"),
        paddedText(name, nameColumns),
        " ",
        piece(kindColumns > 0 ? `${paddedText(kind, kindColumns)} ` : "", "quiet"),
        piece(`${mark.symbol} ${mark.word}`, mark.tone),
        piece(detail === "" ? "" : ` (${detail})`, "quiet"),
      ),
    ),
    ...(hidden > 0 ? [line(piece(`└─ … ${hidden} more`, "quiet"))] : []),
  ];
};

/** Narrower terminals have no room for what resources are. */
const COLUMNS_FOR_KINDS = 100;

/** As many as there is room for, in their order; one row is kept to say that there are more. */
const mostUrgent = (twigs: readonly Twig[], room: number): readonly Twig[] => {
  if (twigs.length <= room) return twigs;
  const order = twigs.map((twig, index) => ({ twig, index }));
  // Of equals the newest.
  order.sort((one, other) => one.twig.rank - other.twig.rank || other.index - one.index);
  const kept = new Set(order.slice(0, Math.max(1, room - 1)).map(({ index }) => index));
  return twigs.filter((_, index) => kept.has(index));
};

/** What is not known yet: the resources to come, and the outputs. */
const PENDING: StatusMark = { symbol: "⏸", tone: "quiet", word: "Pending" };

const twigOf = (resource: ResourceNode, stack: StackNode, now: number): Twig => {
  const { name, type: kind, status, startTime, updatedAt } = resource;
  const said = statusMark(wordOfResource(resource, stack));
  const mark = { ...said, word: capitalised(said.word) };
  if (status.endsWith("ing"))
    return { name, kind, mark, detail: `${durationText(secondsBetween(startTime, now))} elapsed`, rank: 1 };
  const seconds = secondsBetween(startTime, updatedAt);
  return { name, kind, mark, detail: durationText(seconds), rank: isLost(resource, stack) ? 0 : 3 };
};

const twigsOf = (stack: StackProgress, state: DeploymentState | undefined, now: number): readonly Twig[] => {
  const node = state?.stacks.get(stack.name);
  const resources = [...(node?.resources.values() ?? [])];
  const twigs = node ? resources.map((resource) => twigOf(resource, node, now)) : [];
  if (stack.status !== "deploying") return twigs;
  const unseen = stack.resources.total - resources.length;
  const coming: Twig[] =
    unseen > 0 && resources.length > 0
      ? [{ name: `${unseen} more`, kind: "", mark: PENDING, detail: "", rank: 2 }]
      : [];
  return [...twigs, ...coming, { name: "Outputs", kind: "", mark: PENDING, detail: "", rank: 4 }];
};

/** `Current: database-rds (Layer 3/5)` and its resources. */
const stackBlock = (
  stack: StackProgress,
  { state }: DeploymentScene,
  progress: DeploymentProgress,
  now: number,
  { rows, columns }: Size,
): readonly Line[] => {
  const over = hasRunEnded(progress.status);
  const label = isRunning(stack) && !over ? "Current: " : "Failed: ";
  const elapsed = durationText(elapsedOfStack(stack, { now, over }));
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

/** A stack's heading and so many of its resources make a block that is worth its room. */
const BLOCK_ROWS = 7;

/** `Also running: storage 10%, cache 40%`, in a line. */
const othersLine = (stacks: readonly StackProgress[], columns: number): Line => {
  const names = stacks.map(({ name, status, progressPercent }) =>
    status === "failed" ? `${name} failed` : `${name} ${progressPercent}%`,
  );
  const head = `${stacks.length} more: `;
  return line(head, piece(cutText(names.join(", "), columns - head.length), "quiet"));
};

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
  const running = hasRunEnded(progress.status) ? [] : stacks.filter(isRunning);
  const urgent = [...failed, ...running];
  // An empty line before each block, and one more for those that have none.
  const left = rows - 1;
  const fitting = Math.max(1, Math.floor((left - 2) / BLOCK_ROWS));
  const shown = left < 3 ? [] : urgent.slice(0, fitting);
  const others = urgent.slice(shown.length);
  const share = Math.floor((left - (others.length > 0 ? 2 : 0)) / Math.max(1, shown.length)) - 1;
  return [
    barLine(progress, columns, color),
    ...shown.flatMap((stack) => [
      EMPTY_LINE,
      ...stackBlock(stack, scene, progress, now, { columns, rows: share }),
    ]),
    ...(others.length > 0 && left > 0
      ? [...(left < 3 ? [] : [EMPTY_LINE]), othersLine(others, columns)]
      : []),
  ];
};

/** `Elapsed: 5m 30s | ETA: ~10m | Smart Skip: 1 stack`. */
export const barFoot = (progress: DeploymentProgress, now: number): Line => {
  const { skippedStacks, failedStacks } = progress.summary;
  const failed = failedStacks > 0 ? ` | Failed: ${countText(failedStacks, "stack")}` : "";
  const skip = skippedStacks > 0 ? ` | Smart Skip: ${countText(skippedStacks, "stack")}` : "";
  return line(timesText(progress, now) + failed + skip);
};

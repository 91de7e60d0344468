/** The display of a stack on its own: its bar, its resources as a tree, and how it ended. */
import { placeTextOf } from "../../protocol/connection/channel-names.ts";
import { secondsBetween } from "../../domain/elapsed.ts";
import type { BegunResource } from "../../domain/stack/resources/resource-entry.ts";
import { isBegun, resourcesOf, type StackView } from "../../domain/stack/stack-view.ts";
import { isUnderWay } from "../../domain/stack/statuses.ts";
import { blockedLines, failureCauseLines, failureOfCause } from "./cause-block.ts";
import { barColumns, treeLines, type Twig } from "./bar-frame.ts";
import { durationText } from "../../domain/words/durations.ts";
import { wayBackLines } from "./progress-line.ts";
import { etaTextAt } from "../../domain/words/estimate-words.ts";
import { EMPTY_LINE, line, piece, type Line } from "./text/line.ts";
import type { Look, Size, StackScene } from "./scene.ts";
import { bar } from "./stack-row.ts";
import { endMark, statusMark, type StatusMark } from "./status-mark.ts";

const markOf = ({ status, failure }: BegunResource): StatusMark => {
  if (failure === undefined || isUnderWay({ status })) return statusMark(status);
  return { ...statusMark(failure.status), word: `${failure.status}, then ${status}` };
};

const twigOf = (resource: BegunResource, now: number): Twig => {
  const { path, type, status, startedAt, since = startedAt, updatedAt, hook } = resource;
  const running = isUnderWay({ status });
  const seconds = secondsBetween(since, running ? now : updatedAt);
  const time = running ? `${durationText(seconds)} elapsed` : durationText(seconds);
  const detail = hook ? `${time}, hook ${hook.type} ${hook.status}` : time;
  const mark = markOf(resource);
  const rank = mark.tone === "bad" ? 0 : running ? 1 : 2;
  return { name: path, kind: type, mark, detail, rank };
};

const titleOf = ({ address, view }: StackScene): Line => {
  const name = `${address.stackName} (${placeTextOf(address)})`;
  if (!view) return line(piece(`Stack ${name}`, "strong"), ": waiting for its first event");
  const { outcome, cause, status } = view;
  const mark = outcome ? endMark({ outcome, cause }) : statusMark(status);
  return line(
    piece(`${mark.symbol} `, mark.tone),
    piece(`Stack ${name}`, "strong"),
    ": ",
    piece(mark.word, mark.tone),
  );
};

/** The bar keeps its width as more resources become known. */
const LONGEST_NUMBERS = " 100% (999/999 resources, 99 failed)";

const barOf = (view: StackView, columns: number, color: boolean): Line => {
  const { progress, completedResources, totalResources, failedResources } = view;
  const failed = failedResources > 0 ? `, ${failedResources} failed` : "";
  return line(
    ...bar(progress, barColumns(columns, LONGEST_NUMBERS), color),
    ` ${String(progress).padStart(2)}% (${completedResources}/${totalResources} resources`,
    piece(failed, "bad"),
    ")",
  );
};

const outputLines = (view: StackView, room: number): readonly Line[] => {
  const outputs = Object.entries(view.outputs);
  if (outputs.length === 0 || room < 3) return [];
  const shown = outputs.slice(0, outputs.length <= room - 2 ? outputs.length : room - 3);
  return [
    EMPTY_LINE,
    line(piece("Outputs:", "strong")),
    ...shown.map(([key, value]) => line(`  ${key} = ${value}`)),
    ...(shown.length < outputs.length
      ? [line(piece(`  … ${outputs.length - shown.length} more`, "quiet"))]
      : []),
  ];
};

/** All lines but that of the connection. */
export const stackLines = (
  scene: StackScene,
  now: number,
  { columns, rows }: Size,
  { color, display }: Look,
): readonly Line[] => {
  const { view } = scene;
  const title = titleOf(scene);
  if (!view) return [title];
  const { startedAt, endedAt, durationSeconds = secondsBetween(startedAt, now) } = view;
  // What was still running then is not followed any further.
  const until = endedAt === undefined ? now : Date.parse(endedAt);
  const left = view.estimate && endedAt === undefined ? ` | ${etaTextAt(view.estimate, now)}` : "";
  const foot = [
    EMPTY_LINE,
    line(`${endedAt === undefined ? "Elapsed" : "Took"}: ${durationText(durationSeconds)}${left}`),
    ...wayBackLines(endedAt === undefined ? view.estimate : undefined),
  ];
  const cause = view.cause
    ? [EMPTY_LINE, ...failureCauseLines(failureOfCause(view.cause), columns), ...blockedLines(view, columns)]
    : [];
  // The verbose log above shows every resource.
  const resources = display === "verbose" ? [] : resourcesOf(view).filter(isBegun);
  const gap = [EMPTY_LINE];
  const above = display === "verbose" ? gap : [];
  const below = resources.length > 0 ? gap : [];
  const head = [...above, title, barOf(view, columns, color), ...below];
  const room = rows - head.length - cause.length - foot.length;
  const twigs = resources.map((resource) => twigOf(resource, until));
  const tree = treeLines(twigs, Math.max(1, room), columns);
  return [...head, ...tree, ...outputLines(view, room - tree.length), ...cause, ...foot];
};

/**
 * What is known at a moment as lines of a terminal: pure, never wider or higher than the terminal, and free of
 * everything that could move its cursor.
 */
import { barBody, barFoot } from "./bar-frame.ts";
import { causeLines } from "./cause-block.ts";
import { layeredBody } from "./layered-frame.ts";
import { cutLine, EMPTY_LINE, line, piece, writtenLine, type Line } from "./text/line.ts";
import { contactLine, progressText, titleLine, wayBackLines } from "./progress-line.ts";
import type { DeploymentScene, Look, Scene, Size } from "./scene.ts";
import { stackLines } from "./stack-frame.ts";

/** Below so many rows no empty lines are left between the parts. */
const ROWS_FOR_GAPS = 12;

/** The lines of the display; `now` in milliseconds of the epoch. */
export const frameOf = (scene: Scene, now: number, size: Size, look: Look): string[] => {
  const contact = contactLine(scene.contact, now);
  const room = { ...size, rows: size.rows - (contact ? 1 : 0) };
  const lines =
    scene.kind === "stack" ? stackLines(scene, now, room, look) : deploymentLines(scene, now, room, look);
  return [...lines.slice(0, Math.max(0, room.rows)), ...(contact ? [contact] : [])]
    .slice(0, Math.max(1, size.rows))
    .map((content) => writtenLine(cutLine(content, size.columns), look));
};

const deploymentLines = (scene: DeploymentScene, now: number, size: Size, look: Look): readonly Line[] => {
  const { progress, address } = scene;
  if (!progress)
    return [line(piece(`Waiting for ${address.deploymentId}-${address.environment}...`, "strong"))];
  const gap = size.rows >= ROWS_FOR_GAPS ? [EMPTY_LINE] : [];
  const failure = causeLines(progress, size.columns);
  const cause = failure.length > 0 ? [...failure, ...gap] : [];
  const title = titleLine(progress, look.display === "bar");
  const bodyRoom = (others: number): Size => ({ ...size, rows: size.rows - others - cause.length });
  const wayBack = gap.length > 0 ? wayBackLines(progress.metrics.estimate) : [];
  switch (look.display) {
    case "layered": {
      const foot = [line(progressText(progress, now, size.columns)), ...wayBack];
      const body = layeredBody(scene, progress, now, bodyRoom(1 + foot.length + 2 * gap.length), look.color);
      return [title, ...gap, ...body, ...(body.length > 0 ? gap : []), ...cause, ...foot];
    }
    case "bar": {
      const foot = [barFoot(progress, now), ...wayBack];
      const body = barBody(scene, progress, now, bodyRoom(1 + foot.length + gap.length), look.color);
      return [title, ...body, ...gap, ...cause, ...foot];
    }
    case "verbose":
      // The log itself is printed above.
      return [EMPTY_LINE, ...cause, line(progressText(progress, now, size.columns))];
  }
};

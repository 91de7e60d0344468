/**
 * A feed on a terminal: draws at most ten frames a second and one a second while time alone goes on, follows its size,
 * and leaves the last frame and a visible cursor behind, whatever ends the process.
 */
import { VerboseLog } from "./verbose-log.ts";
import type { Sink } from "../surroundings.ts";
import type { Feed } from "./feed.ts";
import { frameOf } from "./frame.ts";
import { writtenLine, type Line } from "./line.ts";
import { Painter } from "./painter.ts";
import type { Look, Size } from "./scene.ts";

const FRAME_MS = 100;
const TICK_MS = 1_000;

/** A last frame may be higher than the terminal: it stays in what can be scrolled back to. */
const LAST_ROWS = 60;

export type TerminalDisplay = Readonly<{
  /** Writes lines that stay, above the frame. */
  print: (lines: readonly string[]) => void;
  /** Draws the last frame and gives the terminal back; what is written next stands below it. */
  close: () => void;
}>;

type DisplayOptions = Readonly<{ feed: Feed; sink: Sink; look: Look; clock?: () => number }>;

const sizeOf = ({ columns = 80, rows = 24 }: Sink): Size => ({
  columns: Math.max(20, columns),
  // One row is left for the cursor below the last frame.
  rows: Math.max(4, rows - 1),
});

/** Shows the feed until it is closed. */
export const openTerminalDisplay = ({
  feed,
  sink,
  look,
  clock = Date.now,
}: DisplayOptions): TerminalDisplay => {
  const painter = new Painter((bytes) => sink.write(bytes));
  const log = new VerboseLog();
  let closed = false;
  let paintedAt = -Infinity;
  let waiting: NodeJS.Timeout | undefined;

  const frame = (size: Size): string[] => {
    const now = clock();
    return frameOf(feed.sceneAt(now), now, size, look);
  };

  const paint = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
    paintedAt = clock();
    painter.paint(frame(sizeOf(sink)));
  };

  const paintSoon = (): void => {
    if (closed || waiting) return;
    const wait = Math.max(0, Math.min(FRAME_MS, paintedAt + FRAME_MS - clock()));
    waiting = setTimeout(paint, wait);
  };

  const printLog = (lines: readonly Line[]): void =>
    painter.print(lines.map((line) => writtenLine(line, look)));

  const resized = (): void => {
    painter.resized();
    paint();
  };

  const unwatch = feed.watch({
    changed: paintSoon,
    ...(look.display === "verbose" && {
      events: (frames) => printLog(log.take(frames)),
      transient: (transient) => printLog(log.say(transient)),
    }),
  });
  const ticks = setInterval(paintSoon, TICK_MS);
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(waiting);
    clearInterval(ticks);
    unwatch();
    sink.off?.("resize", resized);
    process.off("exit", close);
    const { columns, rows } = sizeOf(sink);
    painter.end(frame({ columns, rows: Math.max(rows, LAST_ROWS) }));
  };

  sink.on?.("resize", resized);
  process.once("exit", close);
  paint();
  return {
    print: (lines) => painter.print(lines),
    close,
  };
};

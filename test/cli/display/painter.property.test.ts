import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutLine, line, writtenLine } from "../../../src/cli/display/text/line.ts";
import { Painter } from "../../../src/cli/display/painter.ts";
import { TerminalModel } from "./terminal-model.ts";

const PLAIN = { color: false, unicode: true };

const words = fc.constantFrom(
  "network",
  "→ database-rds",
  "✓",
  "━━━╌╌",
  "日本語",
  "👩‍👩‍👧",
  "é",
  "",
  "   ",
  "x".repeat(30),
);

const text = fc.array(words, { maxLength: 6 }).map((parts) => parts.join(" "));

/** Lines as frames have them: within the terminal, and without blanks at their ends. */
const frameWithin = (columns: number, rows: number) =>
  fc
    .array(text, { maxLength: rows - 1 })
    .map((lines) => lines.map((one) => writtenLine(cutLine(line(one), columns), PLAIN)));

const dimensions = fc.record({
  columns: fc.integer({ min: 8, max: 40 }),
  rows: fc.integer({ min: 2, max: 10 }),
});

type Step =
  | Readonly<{ kind: "paint"; lines: readonly string[] }>
  | Readonly<{ kind: "print"; lines: readonly string[] }>
  | Readonly<{ kind: "resize"; columns: number; rows: number; lines: readonly string[] }>;

const stepsWithin = ({ columns, rows }: Readonly<{ columns: number; rows: number }>) => {
  const paint = frameWithin(columns, rows).map((lines): Step => ({ kind: "paint", lines }));
  const print = fc
    .array(
      text.filter((one) => one.trim() !== ""),
      { maxLength: 3 },
    )
    .map((lines): Step => ({
      kind: "print",
      lines: lines.map((one) => writtenLine(cutLine(line(one), columns), PLAIN)),
    }));
  return fc.record({
    columns: fc.constant(columns),
    rows: fc.constant(rows),
    steps: fc.array(fc.oneof(paint, print)),
  });
};

const runs = dimensions.chain(stepsWithin);

const opened = (columns: number, rows: number, before = 0) => {
  const terminal = new TerminalModel(columns, rows);
  for (let index = 0; index < before; index++) terminal.write(`was ${index}\r\n`);
  let bytes = 0;
  const painter = new Painter((written) => {
    bytes += written.length;
    terminal.write(written);
  });
  return { terminal, painter, bytes: () => bytes };
};

/** The screen from the frame's beginning on. */
const below = ({ screen, cursor }: TerminalModel, height: number): string[] =>
  screen.slice(cursor.row, cursor.row + height);

describe("whatever is painted and printed, a terminal", () => {
  test("shows exactly the last frame, below all that was printed and all that was there", () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 12 }), ({ columns, rows, steps }, before) => {
        const { terminal, painter } = opened(columns, rows, before);
        const printed = Array.from({ length: before }, (_, index) => `was ${index}`);
        let frame: readonly string[] = [];
        for (const { kind, lines } of steps) {
          if (kind === "print") {
            painter.print(lines);
            printed.push(...lines);
          } else {
            painter.paint(lines);
            frame = lines;
          }
          expect(below(terminal, rows)).toEqual([
            ...frame,
            ...Array.from({ length: rows - terminal.cursor.row - frame.length }, () => ""),
          ]);
          expect(terminal.story.map((row) => row.trim())).toEqual(printed.map((row) => row.trim()));
          expect(terminal.isSynchronised).toBe(false);
        }
        painter.end();
        expect(terminal.story.map((row) => row.trim())).toEqual(
          [...printed, ...frame].map((row) => row.trim()),
        );
        expect([terminal.isCursorVisible, terminal.cursor.column]).toEqual([true, 0]);
      }),
    );
  });

  test("shows the frame alone after any change of its size, where it stood", () => {
    const sizes = fc.array(
      dimensions.chain(({ columns, rows }) =>
        frameWithin(columns, rows).map((lines): Step => ({ kind: "resize", columns, rows, lines })),
      ),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(sizes, (steps) => {
        const { terminal, painter } = opened(20, 8, 3);
        painter.paint(["one", "two", "three"]);
        for (const step of steps) {
          if (step.kind !== "resize") continue;
          terminal.resize(step.columns, step.rows);
          painter.resized();
          painter.paint(step.lines);
          expect(below(terminal, step.lines.length)).toEqual(step.lines);
          expect(terminal.story.map((row) => row.slice(0, 8))).toEqual(["was 0", "was 1", "was 2"]);
        }
      }),
    );
  });

  test("keeps all that was printed, however late a change of its height is noticed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 3, max: 12 }), { maxLength: 8 }), (heights) => {
        const { terminal, painter } = opened(20, 8);
        painter.paint(["", "Progress: 0%"]);
        const printed = heights.map((rows, index) => {
          painter.print([`line ${index}`]);
          terminal.resize(20, rows);
          painter.paint(["", `Progress: ${index}%`]);
          painter.resized();
          painter.paint(["", `Progress: ${index}.5%`]);
          return `line ${index}`;
        });
        painter.end(["", "done"]);
        expect(terminal.story.filter((row) => row.startsWith("line"))).toEqual(printed);
      }),
    );
  });

  test("is left with a last frame that is higher than itself, whole", () => {
    const { terminal, painter } = opened(20, 4, 1);
    painter.paint(["running", "2"]);
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
    painter.end(lines);
    expect(terminal.story).toEqual(["was 0", ...lines]);
  });
});

describe("the bytes", () => {
  const frame = Array.from({ length: 30 }, (_, index) => `  → stack-${index} (45s elapsed)`.padEnd(70));

  test("of a frame in which nothing changed are none", () => {
    const { painter, bytes } = opened(80, 40);
    painter.paint(frame);
    const before = bytes();
    painter.paint([...frame]);
    expect(bytes()).toBe(before);
  });

  test("are those of the lines that changed, and little more", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 29 }), { maxLength: 30 }), (changed) => {
        const { painter, bytes } = opened(80, 40);
        painter.paint(frame);
        const before = bytes();
        painter.paint(frame.map((row, index) => (changed.includes(index) ? row.replace("45s", "46s") : row)));
        expect(bytes() - before).toBeLessThanOrEqual(48 + frame.length + changed.length * (70 + 12));
      }),
    );
  });
});

import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { frameOf } from "../../../src/cli/display/frame.ts";
import type { Contact, DisplayKind, Look } from "../../../src/cli/display/scene.ts";
import { SEEDS_PLAN } from "../../domain/deployment/reported.ts";
import { lengthOf, LIVE, moment, planOf, runOf, sceneAfter } from "./scenes.ts";

const PLAIN = { color: false, unicode: true } as const;
const SIZE = { columns: 120, rows: 40 };

const frames = (look: Look, step = 3): readonly (readonly string[])[] => {
  const run = runOf(SEEDS_PLAN);
  const seconds = Array.from({ length: Math.ceil(lengthOf(run) / step) }, (_, index) => index * step);
  return seconds.map((second) => frameOf(sceneAfter(run, second), moment(second), SIZE, look));
};

describe("from frame to frame", () => {
  test("the bar keeps its width and its place", () => {
    const bars = frames({ ...PLAIN, display: "bar" }).map(
      (lines) => /^[━╌]+/.exec(lines[1] ?? "")?.[0].length,
    );
    expect(new Set(bars)).toEqual(new Set([53]));
  });

  test("the columns of the layered display stay where they are", () => {
    const rows = frames({ ...PLAIN, display: "layered" }).flat();
    const places = (pattern: RegExp) =>
      new Set(rows.flatMap((row) => (pattern.test(row) ? [row.search(pattern)] : [])));
    expect(places(/[━╌]{20}/)).toEqual(new Set([64]));
    expect(places(/resources/)).toEqual(new Set([96]));
  });

  test("the percentage never falls, as the state's never does", () => {
    const percents = frames({ ...PLAIN, display: "layered" }).map((lines) =>
      Number(/Progress: +(\d+)%/.exec(lines.at(-1) ?? "")?.[1]),
    );
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
  });
});

describe("within a terminal", () => {
  const run = runOf(planOf(120, 5));
  const displays: readonly DisplayKind[] = ["layered", "bar", "verbose"];
  const sizes = [20, 40, 61, 99, 133].flatMap((columns) =>
    [4, 7, 11, 13, 30].map((rows) => ({ columns, rows })),
  );

  test.each(displays)("of any size the %s display has no line too wide and none too many", (display) => {
    for (const part of [0.05, 0.3, 0.9, 1.1]) {
      const seconds = part * lengthOf(run);
      const scene = sceneAfter(run, seconds);
      for (const size of sizes) {
        const lines = frameOf(scene, moment(seconds), size, { ...PLAIN, display });
        expect(lines.length).toBeLessThanOrEqual(size.rows);
        expect(lines.filter((line) => stringWidth(line) > size.columns)).toEqual([]);
      }
    }
  });

  test("what is cut off is counted, and the line of progress is always there", () => {
    const seconds = 0.5 * lengthOf(run);
    const lines = frameOf(
      sceneAfter(run, seconds),
      moment(seconds),
      { columns: 80, rows: 10 },
      { ...PLAIN, display: "layered" },
    );
    expect(lines.at(-2)).toMatch(/… \d+ more deploying/);
    expect(lines.at(-1)).toMatch(/^Progress: /);
  });
});

describe("the line of the connection", () => {
  const run = runOf(planOf(3, 3));
  const last = (contact: Contact): string | undefined =>
    frameOf(
      sceneAfter(run, 40, contact),
      moment(40),
      { columns: 80, rows: 24 },
      { ...PLAIN, display: "layered" },
    ).at(-1);

  test("says since when what is shown is old", () => {
    const connection = { kind: "reconnecting", since: moment(28), failures: 2 } as const;
    expect(last({ connection, isNew: false })).toBe("Reconnecting… (what is shown is 12s old, attempt 3)");
  });

  test("says once that all was caught up with", () => {
    const back = (seconds: number): Contact => ({ ...LIVE, regained: { at: moment(seconds), events: 14 } });
    expect(last(back(35))).toBe("✓ Reconnected: caught up with 14 events, nothing lost");
    expect(last(back(20))).toMatch(/^Progress/);
  });

  test("tells a first attempt, trouble with AWS and a loss for good apart", () => {
    const first = {
      connection: { kind: "reconnecting", since: moment(38), failures: 0 },
      isNew: true,
    } as const;
    const lost = { connection: { kind: "stopped", code: 4403, reason: "forbidden" }, isNew: false } as const;
    expect([last(first), last({ ...LIVE, trouble: "AccessDenied" }), last(lost)]).toEqual([
      "Connecting… (2s)",
      "AWS: AccessDenied",
      "✗ The connection is lost for good: forbidden (4403)",
    ]);
  });
});

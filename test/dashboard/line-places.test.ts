import { expect, test } from "vitest";
import { LinePlaces } from "../../src/dashboard/log/line-places.ts";
import { lineSizeOf } from "../../src/dashboard/log/line-size.ts";

type Line = Readonly<{ rows: number }>;

const rowsOf = ({ rows }: Line): number => rows;

const lineOf = (rows: number): Line => ({ rows });

/** Where each line begins, and the end. */
const startsOf = (places: LinePlaces<Line>, count: number): readonly number[] =>
  Array.from({ length: count + 1 }, (_, index) => places.startOf(index));

test("lines lie one behind the other, each in as many rows as it takes", () => {
  const places = new LinePlaces<Line>();
  places.place([1, 3, 1, 2].map(lineOf), rowsOf);
  expect(startsOf(places, 4)).toEqual([0, 1, 4, 5, 7]);
  expect(places.rows).toBe(7);
  expect([0, 1, 2, 3, 4, 5, 6].map((row) => places.lineAt(row))).toEqual([0, 1, 1, 1, 2, 3, 3]);
  expect(places.lineAt(99), "beyond the end").toBe(4);
});

test("lines that come are placed behind those that are there, which are not asked again", () => {
  const places = new LinePlaces<Line>();
  const asked: Line[] = [];
  const askedRowsOf = (line: Line): number => {
    asked.push(line);
    return line.rows;
  };
  const lines = [1, 2].map(lineOf);
  places.place(lines, askedRowsOf);
  lines.push(lineOf(3));
  places.place(lines, askedRowsOf);
  places.place(lines, askedRowsOf);
  expect(startsOf(places, 3)).toEqual([0, 1, 3, 6]);
  expect(asked).toEqual(lines);
});

test("other lines in the same array, another array and another room are placed anew", () => {
  const places = new LinePlaces<Line>();
  const lines = [1, 1].map(lineOf);
  places.place(lines, rowsOf);
  lines.length = 0;
  lines.push(lineOf(4), lineOf(1));
  places.place(lines, rowsOf);
  expect(startsOf(places, 2), "told anew").toEqual([0, 4, 5]);
  places.place([lineOf(2)], rowsOf);
  expect(startsOf(places, 1), "filtered").toEqual([0, 2]);
  lines.pop();
  places.place(lines, (line) => line.rows * 2);
  expect(startsOf(places, 1), "narrower").toEqual([0, 8]);
  places.place([], rowsOf);
  expect([places.rows, places.lineAt(0)]).toEqual([0, 0]);
});

test("a text takes the room that its lines need, and no more than can be borne", () => {
  const sizes = [10, 50, 60, 120, 200, 9000].map((length) =>
    [24, 44].map((row) => {
      const { lines, rows } = lineSizeOf("x".repeat(length), { row, columns: 50 });
      return [lines, Math.round(rows * row)];
    }),
  );
  expect(sizes.map(([controller, phone]) => [...controller!, ...phone!])).toEqual([
    [1, 24, 1, 44],
    [1, 24, 1, 44],
    [2, 40, 2, 60],
    [3, 56, 3, 76],
    [5, 88, 5, 108],
    [6, 104, 6, 124],
  ]);
});

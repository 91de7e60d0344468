/** Rows as a table for people and as JSON for machines. */
import type { Row } from "./measure.ts";

const ratioOf = ({ value, baseline }: Row): number | undefined =>
  baseline === undefined ? undefined : value / baseline.value;

/** Whether the row keeps to its aim; undefined if it has none. */
const keepsAim = (row: Row): boolean | undefined => {
  if (!row.aim) return undefined;
  const held = row.aim.on === "value" ? row.value : (ratioOf(row) ?? Number.NaN);
  return "atMost" in row.aim ? held <= row.aim.atMost : held >= row.aim.atLeast;
};

const short = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));

const aimText = ({ aim }: Row): string => {
  if (!aim) return "";
  const bound = "atMost" in aim ? `≤ ${short(aim.atMost)}` : `≥ ${short(aim.atLeast)}`;
  return aim.on === "ratio" ? `${bound} ×` : bound;
};

const cellsOf = (row: Row): string[] => {
  const { what, unit, value, baseline } = row;
  const ratio = ratioOf(row);
  const kept = keepsAim(row);
  return [
    what,
    `${short(value)} ${unit}`,
    baseline ? `${short(baseline.value)} ${baseline.name}` : "",
    ratio === undefined ? "" : `${short(ratio)} ×`,
    aimText(row),
    kept === undefined ? "" : kept ? "PASS" : "FAIL",
  ];
};

const HEADINGS = ["", "product", "baseline", "ratio", "aim", ""];

/** A table of plain text. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines
    .map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd())
    .join("\n");
};

/** The same for other programs. */
export const jsonOf = (results: Readonly<Record<string, readonly Row[]>>): string =>
  JSON.stringify(
    Object.entries(results).map(([measure, rows]) => ({
      measure,
      rows: rows.map((row) => ({ ...row, ratio: ratioOf(row), pass: keepsAim(row) })),
    })),
    undefined,
    2,
  );

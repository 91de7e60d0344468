/** Rows as an aligned table of text. */
import { cleanText } from "./display/text/clean-text.ts";
import { paddedText, widthOf, line } from "./display/text/line.ts";

type Column<Row> = Readonly<{ heading: string; of: (row: Row) => string; isNumber?: boolean }>;

const widthOfText = (text: string): number => widthOf(line(text));

/** The headings and the rows, a line each; columns that are empty in all rows are left out. */
export const tableLines = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] => {
  const cells = columns
    .map(({ heading, of, isNumber = false }) => ({
      heading,
      isNumber,
      texts: rows.map((row) => cleanText(of(row))),
    }))
    .filter(({ texts }) => texts.some((text) => text !== ""));
  const widths = cells.map(({ heading, texts }) => Math.max(...[heading, ...texts].map(widthOfText)));
  const lineOf = (textOf: (index: number) => string): string =>
    cells
      .map(({ isNumber }, index) => {
        const text = textOf(index);
        const width = widths[index] ?? 0;
        return isNumber ? " ".repeat(width - widthOfText(text)) + text : paddedText(text, width);
      })
      .join("  ")
      .trimEnd();
  return [
    lineOf((index) => (cells[index]?.heading ?? "").toUpperCase()),
    ...rows.map((_, row) => lineOf((index) => cells[index]?.texts[row] ?? "")),
  ];
};

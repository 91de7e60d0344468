/** How much room a line of a log takes: one row, but for a failure, which is to be read where it stands. */

/** What a list has to offer, in pixels and characters. */
export type LineRoom = Readonly<{
  /** Height of a row; it has one line of text, and what else there is. */
  row: number;
  /** Characters that fit beside each other. */
  columns: number;
}>;

/** Of a text: the lines that are shown of it, and the rows that they take, in parts of rows. */
export type LineSize = Readonly<{ lines: number; rows: number }>;

export const ONE_LINE: LineSize = { lines: 1, rows: 1 };

/** Height of a line of text. */
const TEXT_LINE = 16;

const MOST_LINES = 6;

/** Letters are of different widths: a line is counted a little shorter than it is. */
const FILLED = 0.95;

/** Lines that a text takes which breaks between words, and in them where one is longer than a line; at most `most`. */
const linesOf = (text: string, columns: number, most: number): number => {
  let lines = 1;
  let used = 0;
  for (const { length } of text.split(/\s+/)) {
    const fits = used === 0 ? length <= columns : used + 1 + length <= columns;
    if (fits) used += (used === 0 ? 0 : 1) + length;
    else {
      lines += (used === 0 ? 0 : 1) + Math.max(0, Math.ceil(length / columns) - 1);
      used = length % columns || columns;
    }
    if (lines >= most) return most;
  }
  return lines;
};

/** The size of a text that is shown whole, as far as that is bearable. */
export const lineSizeOf = (text: string, { row, columns }: LineRoom): LineSize => {
  if (text.length <= columns) return ONE_LINE;
  const lines = linesOf(text, Math.max(1, Math.floor(columns * FILLED)), MOST_LINES);
  return { lines, rows: (row + (lines - 1) * TEXT_LINE) / row };
};

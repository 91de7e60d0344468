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

/** Text breaks between words, and so fills its lines in part. */
const FILLED = 0.88;

/** The size of a text that is shown whole, as far as that is bearable. */
export const lineSizeOf = (text: string, { row, columns }: LineRoom): LineSize => {
  const wanted = Math.ceil(text.length / Math.max(1, columns * FILLED));
  if (wanted <= 1 || text.length <= columns) return ONE_LINE;
  const lines = Math.min(MOST_LINES, wanted);
  return { lines, rows: (row + (lines - 1) * TEXT_LINE) / row };
};

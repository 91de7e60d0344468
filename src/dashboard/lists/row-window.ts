/** Which rows of a long list are drawn: those that are seen, and a few around them so that scrolling finds them there. */

export type RowWindow = Readonly<{ first: number; end: number }>;

const AROUND = 6;

/** Rows from `first` up to, not including, `end`. */
export const rowWindowOf = (
  count: number,
  rowHeight: number,
  scrollTop: number,
  height: number,
): RowWindow => {
  // Even numbers, so that most steps of a scroll change nothing.
  const first = Math.floor(scrollTop / rowHeight / 2) * 2 - AROUND;
  const end = Math.ceil((scrollTop + height) / rowHeight / 2) * 2 + AROUND;
  return { first: Math.max(0, Math.min(first, count)), end: Math.min(count, Math.max(end, 0)) };
};

/** Where to scroll so that a row is seen whole. */
export const scrollTopFor = (row: number, rowHeight: number, scrollTop: number, height: number): number => {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
};

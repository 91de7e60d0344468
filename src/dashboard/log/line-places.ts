/**
 * Where the lines of a list lie, when some take more rows than one: counted on as lines come, and again only when they are
 * others or wanted otherwise. A list of thousands is asked for its places at every frame.
 */

export class LinePlaces<Item> {
  #lines: readonly Item[] = [];
  #rowsOf: ((line: Item) => number) | undefined;
  #first: Item | undefined;
  #last: Item | undefined;
  /** Row at which each line begins, and behind them the row at which the next one would. */
  #starts: number[] = [0];

  /** Brings them up to date. The same lines may have grown in place; `rowsOf` is another one when it answers otherwise. */
  place(lines: readonly Item[], rowsOf: (line: Item) => number): void {
    const placed = this.#starts.length - 1;
    const isGrown =
      lines === this.#lines &&
      rowsOf === this.#rowsOf &&
      lines.length >= placed &&
      lines[0] === this.#first &&
      lines[placed - 1] === this.#last;
    if (!isGrown) this.#starts = [0];
    this.#lines = lines;
    this.#rowsOf = rowsOf;
    for (let index = this.#starts.length - 1; index < lines.length; index++)
      this.#starts.push(this.#starts[index]! + rowsOf(lines[index]!));
    this.#first = lines[0];
    this.#last = lines.at(-1);
  }

  /** Rows of all lines. */
  get rows(): number {
    return this.#starts.at(-1)!;
  }

  /** Row at which a line begins. */
  startOf(index: number): number {
    return this.#starts[Math.min(Math.max(index, 0), this.#starts.length - 1)]!;
  }

  /** The line that lies in a row; beyond the end, the one that would come next. */
  lineAt(row: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#starts[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

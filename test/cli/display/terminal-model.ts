/**
 * A small terminal: rows of cells, a cursor, what scrolled out at the top, and the few sequences that the painter may
 * use. Anything else is an error, so that nothing slips through.
 */
import stringWidth from "string-width";

const segmenter = new Intl.Segmenter();

export class TerminalModel {
  #columns: number;
  #rows: number;
  #screen: string[][];
  #row = 0;
  #column = 0;
  #wraps = true;
  readonly scrolled: string[] = [];
  isCursorVisible = true;
  isSynchronised = false;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#screen = Array.from({ length: rows }, () => []);
  }

  /** The rows on the screen, without blanks at their ends. */
  get screen(): string[] {
    return this.#screen.map(textOf);
  }

  /** All that can be scrolled to, and the screen down to the cursor's row. */
  get story(): string[] {
    return [...this.scrolled, ...this.screen.slice(0, this.#row)];
  }

  get cursor(): Readonly<{ row: number; column: number }> {
    return { row: this.#row, column: this.#column };
  }

  /**
   * A change of size as terminals that do not wrap lines again make it: rows are cut, and at the bottom they go first; if
   * the cursor would be lost, the top scrolls out.
   */
  resize(columns: number, rows: number): void {
    while (this.#screen.length > rows && this.#screen.length - 1 > this.#row) this.#screen.pop();
    while (this.#screen.length > rows) {
      this.scrolled.push(textOf(this.#screen.shift() ?? []));
      this.#row--;
    }
    while (this.#screen.length < rows) this.#screen.push([]);
    this.#screen = this.#screen.map((cells) => cells.slice(0, columns));
    this.#columns = columns;
    this.#rows = rows;
    this.#column = Math.min(this.#column, columns - 1);
  }

  write(bytes: string): void {
    let rest = bytes;
    while (rest !== "") {
      const [sequence, argument = "", letter = ""] = /^\u001b\[(\??[\d;]*)([A-Za-z])/.exec(rest) ?? [];
      if (sequence !== undefined) {
        this.#control(argument, letter);
        rest = rest.slice(sequence.length);
        continue;
      }
      const end = rest.search(/[\u0000-\u001f\u007f-\u009f]/);
      if (end === 0) {
        this.#newline(rest.charAt(0));
        rest = rest.slice(1);
        continue;
      }
      const text = end === -1 ? rest : rest.slice(0, end);
      for (const { segment } of segmenter.segment(text)) this.#put(segment);
      rest = rest.slice(text.length);
    }
  }

  #put(character: string): void {
    const width = stringWidth(character);
    if (width === 0) return;
    if (this.#column + width > this.#columns) {
      if (!this.#wraps) this.#column = this.#columns - width;
      else {
        this.#column = 0;
        this.#newline("\n");
      }
    }
    const cells = (this.#screen[this.#row] ??= []);
    while (cells.length < this.#column) cells.push(" ");
    cells[this.#column] = character;
    for (let extra = 1; extra < width; extra++) cells[this.#column + extra] = "";
    // Without wrapping the cursor stays on the last column.
    this.#column = Math.min(this.#column + width, this.#wraps ? this.#columns : this.#columns - 1);
  }

  #newline(control: string): void {
    if (control === "\r") this.#column = 0;
    else if (control === "\n") {
      if (this.#row < this.#rows - 1) this.#row++;
      else {
        this.scrolled.push(textOf(this.#screen.shift() ?? []));
        this.#screen.push([]);
      }
    } else throw new Error(`A control character: ${JSON.stringify(control)}`);
  }

  #control(argument: string, letter: string): void {
    const count = Number(argument || 1);
    switch (`${argument.startsWith("?") ? argument : ""}${letter}`) {
      case "A":
        this.#row = Math.max(0, this.#row - count);
        return;
      case "B":
        this.#row = Math.min(this.#rows - 1, this.#row + count);
        return;
      case "C":
        this.#column = Math.min(this.#columns - 1, this.#column + count);
        return;
      case "K":
        this.#screen[this.#row]?.splice(this.#column);
        return;
      case "J":
        // As tmux does, which would keep frames that were to go.
        if (this.#row === 0 && this.#column === 0) throw new Error("All of the screen is erased at once");
        this.#screen[this.#row]?.splice(this.#column);
        for (let row = this.#row + 1; row < this.#rows; row++) this.#screen[row] = [];
        return;
      case "m":
        return;
      case "?7h":
      case "?7l":
        this.#wraps = letter === "h";
        return;
      case "?25h":
      case "?25l":
        this.isCursorVisible = letter === "h";
        return;
      case "?2026h":
      case "?2026l":
        this.isSynchronised = letter === "h";
        return;
      default:
        throw new Error(`A sequence that no frame needs: ${argument}${letter}`);
    }
  }
}

const textOf = (cells: readonly string[]): string => cells.join("").trimEnd();

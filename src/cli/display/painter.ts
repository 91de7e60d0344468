/**
 * Writes frames to a terminal, one over the other: only the lines that changed, as one synchronised update, with the
 * cursor hidden and parked at the frame's beginning, where a resize finds it again whether the terminal wraps lines again
 * or not. Nothing but the rows of the frame is ever touched.
 */

const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";
const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
/** A character that a terminal draws wider than we count it stays in its row. */
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";
const ERASE_LINE = "\u001b[K";
/**
 * All from the beginning of this row on. The step to the right is for tmux, which moves what it erases into its history
 * if all of the screen is erased at once (`scroll-on-clear`), and with that old frames.
 */
const ERASE_BELOW = "\u001b[K\u001b[C\u001b[J\r";

/** By new lines: in a terminal that has just lost rows, and has not said so yet, a step down would go nowhere. */
const down = (rows: number): string => "\n".repeat(rows);
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : "");

export class Painter {
  readonly #write: (bytes: string) => void;
  /** What stands in the terminal; undefined: nothing of ours. */
  #shown: readonly string[] = [];
  #open = false;

  constructor(write: (bytes: string) => void) {
    this.#write = write;
  }

  /** Shows a frame in place of the one before. It must be lower than the terminal. */
  paint(lines: readonly string[]): void {
    const changes = this.#changes(lines);
    if (changes === "" && this.#open) return;
    this.#send(changes);
    this.#shown = lines;
  }

  /** Writes lines that stay, above the frame. */
  print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const frame = this.#shown;
    this.#shown = [];
    // These may be longer than a row: nothing of them is lost, and the frame begins below whatever they take.
    const kept = lines.map((line) => `${line}\r\n`).join("");
    this.#send(`${ERASE_BELOW}${WRAP}${kept}${NO_WRAP}${this.#changes(frame)}`);
    this.#shown = frame;
  }

  /** Forgets what stands in the terminal, as its size has changed: the next frame is drawn whole. */
  resized(): void {
    if (!this.#open) return;
    this.#send(ERASE_BELOW);
    this.#shown = [];
  }

  /** Leaves a last frame behind, of any height, and the cursor below it; another `paint` begins again. */
  end(lines: readonly string[] = this.#shown): void {
    if (this.#open) {
      const left = lines.map((line) => `${line}\r\n`).join("");
      this.#write(`${BEGIN}${NO_WRAP}\r${ERASE_BELOW}${left}${WRAP}${SHOW}${END}`);
    }
    this.#open = false;
    this.#shown = [];
  }

  #send(changes: string): void {
    this.#write(`${BEGIN}${this.#open ? "" : HIDE}${NO_WRAP}\r${changes}${WRAP}${END}`);
    this.#open = true;
  }

  /** From the frame's beginning over the rows that differ, and back. */
  #changes(lines: readonly string[]): string {
    const before = this.#shown;
    let bytes = "";
    let row = 0;
    lines.forEach((line, index) => {
      if (line === before[index]) return;
      bytes += `\r${down(index - row)}${ERASE_LINE}${line}`;
      row = index;
    });
    if (lines.length < before.length) {
      const erased = lines.length;
      bytes += `\r${down(erased - row)}${ERASE_BELOW}`;
      row = erased;
    }
    return bytes === "" ? "" : `${bytes}\r${up(row)}`;
  }
}

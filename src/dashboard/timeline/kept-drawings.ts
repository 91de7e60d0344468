/** Drawings of rows, kept for as long as what they are drawn from is the same: what is the very same is passed over. */
import type { ComponentChild } from "preact";

type Kept = Readonly<{ from: readonly unknown[]; drawing: ComponentChild }>;

export class KeptDrawings {
  #before = new Map<string, Kept>();
  #now = new Map<string, Kept>();

  /** Begins a drawing of all; what it does not ask for is forgotten. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }

  of(key: string, from: readonly unknown[], draw: () => ComponentChild): ComponentChild {
    const before = this.#before.get(key);
    const isSame = before?.from.every((part, index) => part === from[index]);
    const kept = before && isSame ? before : { from, drawing: draw() };
    this.#now.set(key, kept);
    return kept.drawing;
  }
}

/**
 * Events that wait to be posted, in order. Its bound is kept by dropping what is transient, the oldest first; what is
 * durable is never dropped, and that it has outgrown the bound is reported instead.
 */

/** An event as it will be sent: its text is made when it comes in, so that whoever made it may change it afterwards. */
export type Letter = Readonly<{
  id: string;
  type: string;
  /** Events of one address can be sent together. */
  deploymentId: string;
  environment: string;
  text: string;
  transient: boolean;
}>;

export type Room = Readonly<{ dropped?: Letter; full: boolean }>;

export class EventOutbox {
  readonly #bound: number;
  #letters: Letter[] = [];
  /** How many at the head are being sent, and may not be dropped any more. */
  #held = 0;

  constructor(bound: number) {
    this.#bound = bound;
  }

  get size(): number {
    return this.#letters.length;
  }

  /** Takes a letter in; tells which one was dropped for it, it itself perhaps, and whether the bound is passed. */
  add(letter: Letter): Room {
    this.#letters.push(letter);
    if (this.#letters.length <= this.#bound) return { full: false };
    const oldest = this.#letters.findIndex(({ transient }, index) => transient && index >= this.#held);
    const [dropped] = oldest === -1 ? [] : this.#letters.splice(oldest, 1);
    return dropped ? { dropped, full: false } : { full: true };
  }

  /** The letters that can be sent next in one request; they stay until `sent` or `remove`. */
  next(limits: Readonly<{ events: number; characters: number }>): readonly Letter[] {
    const first = this.#letters[0];
    if (!first) return [];
    let characters = 0;
    const end = this.#letters.findIndex(({ deploymentId, environment, text }, index) => {
      characters += text.length + 1;
      const fits = index < limits.events && characters <= limits.characters;
      const sameAddress = deploymentId === first.deploymentId && environment === first.environment;
      return index > 0 && !(fits && sameAddress);
    });
    const letters = this.#letters.slice(0, end === -1 ? undefined : end);
    this.#held = letters.length;
    return letters;
  }

  /** They have arrived, or never will. */
  remove(letters: readonly Letter[]): void {
    this.#held = 0;
    this.#letters = this.#letters.slice(letters.length);
  }

  /** They wait again. */
  release(): void {
    this.#held = 0;
  }
}

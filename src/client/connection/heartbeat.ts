/** Finds out that a silent connection is dead: asks after a while without any frame, and gives up without an answer. */
import type { Patience } from "./connection-state.ts";
import { after } from "./platform.ts";

/** Beats from the first `heard` until `stop`. */
export class Heartbeat {
  readonly #patience: Patience;
  readonly #ask: () => void;
  readonly #dead: () => void;
  #cancel: (() => void) | undefined;

  constructor(patience: Patience, ask: () => void, dead: () => void) {
    this.#patience = patience;
    this.#ask = ask;
    this.#dead = dead;
  }

  /** Any frame is a sign of life. */
  heard(): void {
    this.#cancel?.();
    this.#cancel = after(this.#patience.pingAfterMs, () => {
      this.#ask();
      this.#cancel = after(this.#patience.deadAfterMs, this.#dead);
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

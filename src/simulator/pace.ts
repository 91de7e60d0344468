/**
 * Simulated time. Waits end strictly in the order of their simulated moments, each only after everything that the
 * one before it set going is done: the same play has the same order at any speed and on a machine of any load.
 */

/** The simulator is closing: plays end where they are. */
export class Closed extends Error {}

type Wait = Readonly<{
  moment: number;
  resolve: (end: "elapsed" | "cancelled") => void;
  reject: (reason: Closed) => void;
}>;

/** One clock for all plays of an account. */
export class Pace {
  readonly #speed: number;
  readonly #startedAt = Date.now();
  /** Sorted; of equal moments the first asked for comes first. */
  readonly #waits: Wait[] = [];
  /** Seconds of simulated time at the wait that ended last. */
  #moment = 0;
  #isStepping = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** `speed` is simulated seconds in a real one. */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** Throws `Closed` when the simulator ends. */
  wait(seconds: number, cancel?: AbortSignal): Promise<"elapsed" | "cancelled"> {
    if (this.#isClosed) return Promise.reject(new Closed());
    if (cancel?.aborted === true) return Promise.resolve("cancelled");
    return new Promise((resolve, reject) => {
      const wait: Wait = {
        moment: this.#now() + seconds,
        resolve: (end) => {
          cancel?.removeEventListener("abort", stop);
          resolve(end);
        },
        reject,
      };
      const stop = (): void => {
        this.#waits.splice(this.#waits.indexOf(wait), 1);
        wait.resolve("cancelled");
      };
      cancel?.addEventListener("abort", stop, { once: true });
      const index = this.#waits.findLastIndex(({ moment }) => moment <= wait.moment) + 1;
      this.#waits.splice(index, 0, wait);
      this.#schedule();
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const wait of this.#waits.splice(0)) wait.reject(new Closed());
  }

  /** Never before what has been, never after what is still to come. */
  #now(): number {
    if (this.#isStepping) return this.#moment;
    const real = ((Date.now() - this.#startedAt) / 1000) * this.#speed;
    return Math.max(this.#moment, Math.min(real, this.#waits[0]?.moment ?? real));
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const [next] = this.#waits;
    if (next === undefined || this.#isStepping) return;
    const dueAt = this.#startedAt + (next.moment / this.#speed) * 1000;
    const delay = dueAt - Date.now();
    if (delay > 0.5) this.#timer = setTimeout(() => this.#step(), delay);
    else this.#step();
  }

  #step(): void {
    const next = this.#waits.shift();
    if (next === undefined) return;
    this.#moment = Math.max(this.#moment, next.moment);
    this.#isStepping = true;
    next.resolve("elapsed");
    // After the promises that this one wakes, however many.
    setImmediate(() => {
      this.#isStepping = false;
      this.#schedule();
    });
  }
}

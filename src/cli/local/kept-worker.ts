/** A Worker's process that is started again from its state when it ends by itself; given up when that does not help. */
import type { WorkerProcess } from "./worker-process.ts";

/** So often in a row it is started again. */
export const MAX_RESTARTS = 3;

/** A life of so many milliseconds ends the row: the start takes its part of it. */
export const STEADY_MS = 120_000;

type Watcher = Readonly<{
  /** It has ended by itself, and is being started again. */
  restarting(): void;
  /** Milliseconds since 1970. */
  clock: () => number;
}>;

/** As one process, which ends when it is stopped or given up. `start` uses the same port and the same folder each time. */
export const keptWorker = (start: () => WorkerProcess, { restarting, clock }: Watcher): WorkerProcess => {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  let current = start();

  const watch = async (): Promise<string> => {
    for (let inARow = 0; ; inARow += 1) {
      const startedAt = clock();
      const why = await current.ended;
      if (clock() - startedAt >= STEADY_MS) inARow = 0;
      if (isStopping() || inARow >= MAX_RESTARTS) return why;
      restarting();
      current = start();
    }
  };

  return {
    ended: watch(),
    ready: async (signal) => {
      for (;;) {
        const life = current;
        if (await life.ready(signal)) return true;
        if (signal.aborted) return false;
        await life.ended;
        // The watch has waited longer, and so had its turn: there is another life, or there will be none.
        if (life === current) return false;
      }
    },
    stop: async () => {
      stopping.abort();
      await current.stop();
    },
  };
};

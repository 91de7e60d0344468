/** The sample deployment played against a whole system, both of its runs; whoever deploys is patient with the Worker. */
import { setTimeout as sleep } from "node:timers/promises";
import { playTrackedSample } from "./tracked-sample.ts";
import { eventually } from "./eventually.ts";
import { KEYS, type System } from "./system.ts";

/** Between the runs, in seconds; a demo takes its time there. */
const LONGEST_PAUSE_SECONDS = 0.5;

const PATIENCE_MS = 60_000;

/** Resolves when both runs have been played; Stackcast may be behind. */
export const playSampleRuns = (system: System): Promise<void> =>
  playTrackedSample(system.simulator, KEYS, {
    post: async (path, body) => {
      let said = "nobody answered";
      const init = {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      };
      const isTaken = async (): Promise<boolean> => {
        const answer = await system.ask(path, init).catch(() => undefined);
        if (answer?.ok === true) return true;
        // The run before is not seen to be over yet, or the Worker is just being started.
        if (answer) said = await answer.text();
        await sleep(100);
        return false;
      };
      await eventually(isTaken, () => `that ${path} takes ${init.body}: ${said}`, PATIENCE_MS);
    },
    say: () => undefined,
    pause: (seconds) => sleep(Math.min(seconds, LONGEST_PAUSE_SECONDS) * 1000),
  });

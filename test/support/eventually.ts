/** Waits for what other processes do: asks again until it is so, and says what was waited for when it never is. */
import { setTimeout as sleep } from "node:timers/promises";

const STEP_MS = 20;
const PATIENCE_MS = 30_000;

/** Resolves with the first answer that is neither undefined nor false. Throws with `what` when patience ends. */
export const eventually = async <Answer>(
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  what: string | (() => string),
  patienceMs = PATIENCE_MS,
): Promise<Answer> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) {
      const text = typeof what === "string" ? what : what();
      throw new Error(`Waited ${patienceMs} ms in vain: ${text}`);
    }
    await sleep(STEP_MS);
  }
};

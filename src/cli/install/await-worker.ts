/** A Worker that was just deployed answers after a while: its address and its secrets spread over Cloudflare's places. */
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 60_000;
const PAUSE_MS = 2_000;

/** Waits until it answers with all its settings, or for a minute; doctor says what is wrong then. */
export const awaitWorker = async (url: string, interruption: AbortSignal): Promise<void> => {
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(PATIENCE_MS)]);
  while (!signal.aborted) {
    try {
      if ((await fetch(`${url}/healthz`, { signal })).ok) return;
      await sleep(PAUSE_MS, undefined, { signal });
    } catch {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
};

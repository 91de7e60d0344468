/** The present, updated once a second while the page can be seen: what shows ages and durations reads it. */
import { signal } from "@preact/signals";

/** Milliseconds of the epoch. */
export const now = signal(Date.now());

const tick = (): void => {
  if (document.visibilityState === "visible") now.value = Date.now();
};

setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);

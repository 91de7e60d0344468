/**
 * What readers of the screen hear without asking: milestones only, in one polite region, and not so often that they
 * talk over each other.
 */
import { signal } from "@preact/signals";

/** Between two announcements. */
const PAUSE_MS = 4000;

/** Of a flood only the newest are worth hearing. */
const MOST_AT_ONCE = 3;

const spoken = signal("");
let waiting: string[] = [];
let timer: number | undefined;

const speak = (): void => {
  timer = undefined;
  if (waiting.length === 0) return;
  spoken.value = waiting.slice(-MOST_AT_ONCE).join(". ");
  waiting = [];
  timer = setTimeout(speak, PAUSE_MS);
};

/** Announces a milestone, at once or with the next ones. */
export const announce = (milestone: string): void => {
  waiting.push(milestone);
  timer ??= setTimeout(speak, 0);
};

export const Announcements = () => (
  <div class="visually-hidden" role="status" aria-live="polite">
    {spoken.value}
  </div>
);

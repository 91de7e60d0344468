/** Many changes, one drawing: what is asked for is done once, just before the browser paints next, and not too often. */

/** Longest wait where the browser paints nothing, as in a tab that is not seen, or has much else to do. */
const PATIENCE_MS = 500;

/** Least time between two drawings; nobody reads faster. */
const PAUSE_MS = 50;

/** Of the time, what drawing may take: a flood of changes leaves the rest to its reader. */
const SHARE = 0.2;

/** Runs `draw` once for all the times that it is asked to until then; `cancel` forgets it. */
export const onceAFrame = (draw: () => void): Readonly<{ ask: () => void; cancel: () => void }> => {
  let frame: number | undefined;
  let timers: number[] = [];
  let isAsked = false;
  let nextAt = Number.NEGATIVE_INFINITY;
  const cancel = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    for (const timer of timers) clearTimeout(timer);
    frame = undefined;
    timers = [];
    isAsked = false;
  };
  const run = (): void => {
    cancel();
    const begun = performance.now();
    nextAt = begun + PAUSE_MS;
    draw();
    // What was drawn is laid out and painted before the next task.
    setTimeout(() => (nextAt = Math.max(nextAt, begun + (performance.now() - begun) / SHARE)));
  };
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    const askFrame = (): void => {
      const left = nextAt - performance.now();
      if (left > 0) timers.push(setTimeout(askFrame, left));
      else frame = requestAnimationFrame(run);
    };
    askFrame();
    timers.push(setTimeout(run, PATIENCE_MS));
  };
  return { ask, cancel };
};

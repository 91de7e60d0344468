/** Many changes, one drawing: what is asked for is done once, just before the browser paints next, and not too often. */

/** Longest wait where the browser paints nothing, as in a tab that is not seen. */
const HIDDEN_MS = 500;

/** Between two drawings, so that a flood of changes leaves time for its reader; nobody reads faster. */
const PAUSE_MS = 50;

/** Runs `draw` once for all the times that it is asked to until then; `cancel` forgets it. */
export const onceAFrame = (draw: () => void): Readonly<{ ask: () => void; cancel: () => void }> => {
  let frame: number | undefined;
  let timers: number[] = [];
  let isAsked = false;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const cancel = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    for (const timer of timers) clearTimeout(timer);
    frame = undefined;
    timers = [];
    isAsked = false;
  };
  const run = (): void => {
    cancel();
    drawnAt = performance.now();
    draw();
  };
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    const askFrame = (): void => {
      frame = requestAnimationFrame(run);
    };
    const left = drawnAt + PAUSE_MS - performance.now();
    if (left > 0) timers.push(setTimeout(askFrame, left));
    else askFrame();
    timers.push(setTimeout(run, HIDDEN_MS));
  };
  return { ask, cancel };
};

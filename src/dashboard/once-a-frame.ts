/** Many changes, one drawing: what is asked for is done once, just before the browser paints next. */

/** Longest wait where the browser paints nothing, as in a tab that is not seen. */
const HIDDEN_MS = 500;

/** Runs `draw` once for all the times that it is asked to until then; `cancel` forgets it. */
export const onceAFrame = (draw: () => void): Readonly<{ ask: () => void; cancel: () => void }> => {
  let frame: number | undefined;
  let timer: number | undefined;
  const cancel = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = undefined;
  };
  const run = (): void => {
    cancel();
    draw();
  };
  return {
    ask: () => {
      if (frame !== undefined) return;
      frame = requestAnimationFrame(run);
      timer = setTimeout(run, HIDDEN_MS);
    },
    cancel,
  };
};

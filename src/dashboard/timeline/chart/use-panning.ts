/** Moves what is seen of a run by dragging it, once it is looked at closer than as a whole. */
import { useRef } from "preact/hooks";
import type { ChartFrame } from "./chart-frame.ts";
import type { TimelineModel } from "../timeline-model.ts";

/** Pixels that a click may tremble. */
const LEAST = 4;

/** The handlers of the element that is dragged. */
export const usePanning = (model: TimelineModel, frame: ChartFrame) => {
  const from = useRef<Readonly<{ x: number; isMoving: boolean }> | undefined>(undefined);
  const release = (): void => {
    from.current = undefined;
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.button === 0 && !model.isWhole) from.current = { x: event.clientX, isMoving: false };
    },
    onPointerMove: (event: PointerEvent): void => {
      const before = from.current;
      if (!before) return;
      const by = event.clientX - before.x;
      if (!before.isMoving && Math.abs(by) < LEAST) return;
      if (!before.isMoving) (event.currentTarget as Element).setPointerCapture(event.pointerId);
      from.current = { x: event.clientX, isMoving: true };
      model.pan(-by / Math.max(1, frame.barsWidth.value));
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
};

/** What the keyboard does in a chart: arrows move and fold as in every tree; plus, minus and 0 zoom. */
import type { ChartFrame } from "./chart-frame.ts";
import type { TimelineModel } from "../timeline-model.ts";
import { stackKeyOf, type TimelineRow } from "../timeline-rows.ts";

const STEP = 1.6;
const PAN = 0.25;

type Key = Readonly<{ key: string; shiftKey: boolean }>;

/** Goes into a stack, or out of what is in one. */
const turn = (model: TimelineModel, row: TimelineRow, place: number, inwards: boolean): void => {
  const { rows } = model;
  if (row.kind === "stack" && row.isOpen !== inwards && row.stack.resourceCount > 0) {
    model.fold(row.stack.name, inwards);
    return;
  }
  if (inwards) {
    const next = rows.value[place + 1];
    if (row.kind !== "resource" && next && next.kind !== row.kind) model.active.value = next.key;
  } else if (row.kind === "resource") model.active.value = stackKeyOf(row.stack.name);
  else if (row.kind === "stack") model.active.value = `layer ${row.stack.layer}`;
};

/** Whether the key meant something. */
export const pressKey = (
  model: TimelineModel,
  frame: ChartFrame,
  { key, shiftKey }: Key,
  onOpen: ((stack: string) => void) | undefined,
): boolean => {
  const rows = model.rows.value;
  const place = model.placeOf(model.active.value) ?? 0;
  const row = rows[place];
  const moveTo = (next: number): true => {
    model.active.value = rows[Math.max(0, Math.min(next, rows.length - 1))]?.key;
    return true;
  };
  if (!row) return false;
  switch (key) {
    case "ArrowDown":
      return moveTo(place + 1);
    case "ArrowUp":
      return moveTo(place - 1);
    case "PageDown":
      return moveTo(place + frame.rowsSeen);
    case "PageUp":
      return moveTo(place - frame.rowsSeen);
    case "Home":
      return moveTo(0);
    case "End":
      return moveTo(rows.length - 1);
    case "ArrowRight":
    case "ArrowLeft":
      if (shiftKey) model.pan(key === "ArrowRight" ? PAN : -PAN);
      else turn(model, row, place, key === "ArrowRight");
      return true;
    case " ":
      if (row.kind === "stack") model.fold(row.stack.name);
      return true;
    case "Enter":
      if (row.kind !== "layer") onOpen?.(row.stack.name);
      return true;
    case "+":
    case "=":
      model.zoom(STEP);
      return true;
    case "-":
      model.zoom(1 / STEP);
      return true;
    case "0":
      model.fit();
      return true;
    default:
      return false;
  }
};

/** The window that a chart is seen through: its size and scroll, and which rows and places follow from them. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { rowWindowOf, scrollTopFor } from "../../lists/row-window.ts";
import type { TimelineModel } from "../timeline-model.ts";

export const ROW_HEIGHT = 26;

/** Room for the text of a tick. */
const TICK_WIDTH = 84;

export class ChartFrame {
  readonly width = signal(0);
  readonly height = signal(0);
  readonly scrollTop = signal(0);
  /** Of the column of names. */
  readonly labelWidth: ReadonlySignal<number>;
  /** Of what lies right of it. */
  readonly barsWidth: ReadonlySignal<number>;
  /** Rows from `first` up to, not including, `end` are drawn. */
  readonly first: ReadonlySignal<number>;
  readonly end: ReadonlySignal<number>;
  readonly mostTicks: ReadonlySignal<number>;
  readonly #model: TimelineModel;

  constructor(model: TimelineModel) {
    this.#model = model;
    this.labelWidth = computed(() => {
      const width = this.width.value;
      return width < 560 ? Math.round(width * 0.42) : Math.round(Math.min(320, Math.max(200, width * 0.26)));
    });
    this.barsWidth = computed(() => Math.max(0, this.width.value - this.labelWidth.value));
    const rows = computed(() =>
      rowWindowOf(model.rows.value.length, ROW_HEIGHT, this.scrollTop.value, this.height.value),
    );
    this.first = computed(() => rows.value.first);
    this.end = computed(() => rows.value.end);
    this.mostTicks = computed(() => Math.max(2, Math.floor(this.barsWidth.value / TICK_WIDTH)));
  }

  /** Rows that are seen whole. */
  get rowsSeen(): number {
    return Math.max(1, Math.floor(this.height.value / ROW_HEIGHT));
  }

  /** Where to scroll so that the row with this key is seen; undefined if there is none. */
  scrollTopOf(key: string): number | undefined {
    const place = this.#model.placeOf(key);
    return place === undefined
      ? undefined
      : scrollTopFor(place, ROW_HEIGHT, this.scrollTop.peek(), this.height.peek());
  }
}

/**
 * What a timeline draws, as signals that change no oftener than what is seen: the run, the reader's choices, and what
 * follows from both. Between two events of a run only the moment changes.
 */
import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import type { PartsByStack } from "./bar-parts.ts";
import type { CriticalPath } from "./critical-path.ts";
import { moved, wholeViewOf, zoomed, type View } from "./chart/time-scale.ts";
import { resourcePathOf, type ResourceLink } from "./resource-path.ts";
import { pathOfRun, stackKeyOf, timelineRowsOf, type TimelineRow } from "./timeline-rows.ts";
import { timedRunOf, type TimedRun, type TimelineSource } from "./timeline-run.ts";

const NO_PATH: CriticalPath = { stacks: [], seconds: 0 };
const NO_ROWS: readonly TimelineRow[] = [];

export class TimelineModel {
  /** Names of the stacks that are unfolded. */
  readonly open = signal<ReadonlySet<string>>(new Set());
  readonly onlyCritical = signal(false);
  /** Key of the row that the keyboard is at. */
  readonly active = signal<string | undefined>(undefined);
  /** Key of the row that is pointed at. */
  readonly pointed = signal<string | undefined>(undefined);

  readonly run: ReadonlySignal<TimedRun | undefined>;
  /** The end of an ended run; else the present. */
  readonly moment: ReadonlySignal<number>;
  readonly path: ReadonlySignal<CriticalPath>;
  /** The resources of its stacks that the path goes through. */
  readonly resourcePath: ReadonlySignal<readonly ResourceLink[]>;
  readonly rows: ReadonlySignal<readonly TimelineRow[]>;
  readonly whole: ReadonlySignal<View>;
  readonly view: ReadonlySignal<View>;
  /** The row that is described: the one that is pointed at, else the one that the keyboard is at. */
  readonly detailed: ReadonlySignal<TimelineRow | undefined>;
  /** What the bars are made of, as far as the run's events tell. */
  readonly parts = signal<PartsByStack>(new Map());
  /** Undefined: all of the run is seen, however it grows. */
  readonly #chosen = signal<View | undefined>(undefined);

  constructor(source: ReadonlySignal<TimelineSource | undefined>, now: ReadonlySignal<number>) {
    this.run = computed(() => source.value && timedRunOf(source.value));
    this.moment = computed(() => this.run.value?.span.end ?? now.value);
    this.path = computed(() => (this.run.value ? pathOfRun(this.run.value, this.moment.value) : NO_PATH));
    this.resourcePath = computed(() => {
      const stacks = this.run.value?.stacks ?? [];
      const moment = this.moment.value;
      return this.path.value.stacks.flatMap((name) =>
        stacks.filter((stack) => stack.name === name).flatMap((stack) => resourcePathOf(stack, moment)),
      );
    });
    // As texts and numbers they are equal to what they were; sets and views never are.
    const names = computed(() => this.path.value.stacks.join("\n"));
    const critical = computed(() => new Set(names.value.split("\n")));
    this.rows = computed(() => {
      const run = this.run.value;
      if (!run) return NO_ROWS;
      const onlyCritical = this.onlyCritical.value;
      return timelineRowsOf(run, { open: this.open.value, critical: critical.value, onlyCritical });
    });
    const from = computed(() => this.run.value?.span.start ?? 0);
    const to = computed(() => wholeViewOf(from.value, this.run.value?.span.end, this.moment.value).to);
    this.whole = computed(() => ({ from: from.value, to: to.value }));
    this.view = computed(() => this.#chosen.value ?? this.whole.value);
    this.detailed = computed(() => {
      const place = this.placeOf(this.pointed.value ?? this.active.value);
      return place === undefined ? undefined : this.rows.value[place];
    });
  }

  /** Where the row with this key stands. Few are asked for, and the rows change often: it is looked for. */
  placeOf(key: string | undefined): number | undefined {
    const place = key === undefined ? -1 : this.rows.value.findIndex((row) => row.key === key);
    return place < 0 ? undefined : place;
  }

  /** Whether all of the run is seen. */
  get isWhole(): boolean {
    return this.#chosen.value === undefined;
  }

  fold(stack: string, isOpen = !this.open.value.has(stack)): void {
    const open = new Set(this.open.value);
    if (isOpen) open.add(stack);
    else open.delete(stack);
    this.open.value = open;
  }

  /** Unfolds all stacks, or folds them. */
  foldAll(isOpen: boolean): void {
    const stacks = isOpen ? (this.run.value?.stacks ?? []) : [];
    this.open.value = new Set(stacks.map(({ name }) => name));
  }

  /** Closer by a factor, around a moment, or else around the middle. Where all is seen, the run is followed again. */
  zoom(factor: number, around?: number): void {
    const view = this.view.value;
    const whole = this.whole.value;
    const next = zoomed(view, whole, factor, around ?? (view.from + view.to) / 2);
    this.#chosen.value = next.to - next.from >= whole.to - whole.from ? undefined : next;
  }

  /** By a share of what is seen; negative: towards the beginning. */
  pan(share: number): void {
    const view = this.#chosen.value;
    if (view) this.#chosen.value = moved(view, this.whole.value, (view.to - view.from) * share);
  }

  fit(): void {
    this.#chosen.value = undefined;
  }

  /** Makes a stack the row that is described, as an address that names it does. */
  choose(stack: string | undefined): void {
    batch(() => {
      this.onlyCritical.value = false;
      this.active.value = stack === undefined ? undefined : stackKeyOf(stack);
    });
  }
}

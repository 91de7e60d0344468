/** What the timeline follows: the state with its resources as soon as it is known, the summary before that. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { TimelineSource } from "../timeline/timeline-run.ts";
import type { RunView } from "./run/run-view.ts";

const sources = new WeakMap<RunView, ReadonlySignal<TimelineSource | undefined>>();

/** One signal for each view, however often it is asked for. */
export const timelineSourceOf = (view: RunView): ReadonlySignal<TimelineSource | undefined> => {
  let source = sources.get(view);
  if (!source) sources.set(view, (source = computed(() => view.state.value ?? view.progress.value)));
  return source;
};

/** What a layer of the tree shows, in values that change only when it does: most events change one stack's row alone. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { StackProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { hasRunEnded, kindOfStatus } from "../../../domain/words/status-words.ts";
import { layerTally } from "./layer-tally.ts";
import type { LayerView, RunView } from "../run/run-view.ts";
import { isStackWanted, type StackFilter } from "./stack-filter.ts";

export type LayerLook = Readonly<{
  /** Stacks to show, one name a line; no stack's name has a line end. */
  wanted: ReadonlySignal<string>;
  /** Nothing of it is waited for any more. */
  isDone: ReadonlySignal<boolean>;
  tally: ReadonlySignal<string>;
  /** Layers of the whole run. */
  total: ReadonlySignal<number>;
  /** ISO 8601; undefined before it has begun, or before its history is known. */
  startTime: ReadonlySignal<string | undefined>;
  /** ISO 8601; undefined while it goes on. */
  endTime: ReadonlySignal<string | undefined>;
}>;

/** Follows one layer of a run. */
export const layerLookOf = (view: RunView, { layer, stacks }: LayerView, filter: StackFilter): LayerLook => {
  const known = computed(() =>
    stacks.map((name) => view.stack(name).value?.progress).filter((stack) => stack !== undefined),
  );
  const isDestroying = computed(() => {
    const status = view.progress.value?.status;
    return status === "destroying" || status === "destroyed";
  });
  const times = computed(() => view.state.value?.layers.get(layer));
  return {
    wanted: computed(() =>
      known.value
        .filter((stack) => isStackWanted(stack, filter))
        .map(({ name }) => name)
        .join("\n"),
    ),
    isDone: computed(() => known.value.every(isSettled)),
    tally: computed(() =>
      layerTally(
        known.value.map(({ status }) => status),
        isDestroying.value,
      ),
    ),
    total: computed(() => view.progress.value?.totalLayers ?? layer),
    startTime: computed(() => times.value?.startTime),
    endTime: computed(() => times.value?.endTime ?? view.state.value?.endTime),
  };
};

const isSettled = ({ status }: StackProgress): boolean =>
  status !== "pending" && kindOfStatus(status) !== "running";

/** What all layers of a run have in common. */
export type TreeLook = Readonly<{
  /** So many stacks that layers which are done begin folded. */
  isMany: ReadonlySignal<boolean>;
  /** What is pending was never begun. */
  isOver: ReadonlySignal<boolean>;
}>;

const MANY_STACKS = 60;

export const treeLookOf = ({ progress }: RunView): TreeLook => ({
  isMany: computed(() => (progress.value?.summary.totalStacks ?? 0) > MANY_STACKS),
  isOver: computed(() => progress.value !== undefined && hasRunEnded(progress.value.status)),
});

/** What a layer of the tree shows, in values that change only when it does: most events change one stack's row alone. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { DeploymentProgress, StackProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { hasRunEnded, kindOfStatus } from "../../../domain/words/status-words.ts";
import { layerTally } from "./layer-tally.ts";
import type { LayerView, RunView } from "../run/run-view.ts";
import { isStackWanted, type StackFilter } from "./stack-filter.ts";

export type LayerLook = Readonly<{
  /** Stacks to show, one name a line; no stack's name has a line end. */
  wanted: ReadonlySignal<string>;
  /** Of these the ones that are skipped, where they are enough to be shown as one line; else none. */
  unchanged: ReadonlySignal<string>;
  /** Nothing of it is waited for any more. */
  isDone: ReadonlySignal<boolean>;
  hasFailed: ReadonlySignal<boolean>;
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
    unchanged: computed(() => {
      const skipped = known.value.filter(({ status }) => status === "skipped");
      return skipped.length < FEWEST_UNCHANGED || !filter.isEmpty
        ? ""
        : skipped.map(({ name }) => name).join("\n");
    }),
    isDone: computed(() => known.value.every(isSettled)),
    hasFailed: computed(() => known.value.some(({ error }) => error !== undefined)),
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

/** Fewer skipped stacks are shown one by one. */
const FEWEST_UNCHANGED = 3;

const isSettled = ({ status }: StackProgress): boolean =>
  status !== "pending" && kindOfStatus(status) !== "running";

/** What all layers of a run have in common. */
export type TreeLook = Readonly<{
  /** So many stacks that layers which are done begin folded. */
  isMany: ReadonlySignal<boolean>;
  /** What is still pending never started. */
  isOver: ReadonlySignal<boolean>;
  /** The stack that failed first, which is unfolded when the page is opened; empty: none. */
  failed: ReadonlySignal<string>;
  /** So many stacks that what is done is folded when the page is opened, to leave the failed one in sight. */
  isFoldedAtOpen: ReadonlySignal<boolean>;
}>;

const MANY_STACKS = 60;
/** More than fit on a screen beside a failure. */
const SOME_STACKS = 8;

/** Of what failed, the first: as the blast has it, else by its time. */
const firstFailed = ({ stacks, blast }: DeploymentProgress): string => {
  if (blast?.stack !== undefined && Object.hasOwn(stacks, blast.stack)) return blast.stack;
  const failed = Object.values(stacks).filter(({ error }) => error !== undefined);
  return failed.sort((one, other) => ((one.endTime ?? "") < (other.endTime ?? "") ? -1 : 1))[0]?.name ?? "";
};

export const treeLookOf = ({ progress }: RunView): TreeLook => ({
  isMany: computed(() => (progress.value?.summary.totalStacks ?? 0) > MANY_STACKS),
  isOver: computed(() => progress.value !== undefined && hasRunEnded(progress.value.status)),
  failed: computed(() => (progress.value ? firstFailed(progress.value) : "")),
  isFoldedAtOpen: computed(() => {
    const summary = progress.value?.summary;
    return summary !== undefined && summary.failedStacks > 0 && summary.totalStacks > SOME_STACKS;
  }),
});

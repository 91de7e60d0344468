/** Layers, their stacks and the stacks' resources: a tree that folds, and that keeps still what did not change. */
import { useState } from "preact/hooks";
import { SignMark } from "../elements/mark.tsx";
import { Elapsed } from "../elements/elapsed.tsx";
import { hasRunEnded, standingOfStatus } from "../elements/standing.ts";
import { layerTally } from "./layer-tally.ts";
import { StackRow } from "./stack-row.tsx";
import type { LayerView, RunView } from "./run-view.ts";
import { isStackWanted, type StackFilter } from "./stack-filter.ts";

type TreeProps = Readonly<{ view: RunView; filter: StackFilter }>;

/** Stacks above which layers that are done begin folded. */
const MANY_STACKS = 60;

const Layer = ({ layer, stacks, view, filter }: LayerView & TreeProps) => {
  const [chosen, setOpen] = useState<boolean>();
  const views = stacks.map((name) => view.stack(name).value?.progress).filter((stack) => stack !== undefined);
  const wanted = views.filter((stack) => isStackWanted(stack, filter)).map(({ name }) => name);
  if (wanted.length === 0) return null;
  const isDone = views.every(({ status }) => status !== "pending" && standingOfStatus(status) !== "running");
  const state = view.state.value;
  const progress = view.progress.value;
  const total = progress?.totalLayers ?? layer;
  const isMany = (progress?.summary.totalStacks ?? 0) > MANY_STACKS;
  const isOver = progress !== undefined && hasRunEnded(progress.status);
  const isDestroying = progress?.status === "destroying" || progress?.status === "destroyed";
  const statuses = views.map(({ status }) => status);
  const open = chosen ?? !(isDone && isMany && filter.isEmpty);
  const times = state?.layers.get(layer);
  return (
    <section class="layer" aria-label={`Layer ${layer}`}>
      <div class="layer-head">
        <button
          type="button"
          class="fold"
          aria-expanded={open}
          aria-label={`Layer ${layer}`}
          onClick={() => setOpen(!open)}
        >
          <SignMark sign="fold" />
        </button>
        <h3>
          <span>
            Layer {layer} of {total}
          </span>
          <span class="quiet">{layerTally(statuses, isDestroying)}</span>
        </h3>
        <span class="small quiet">
          {times && <Elapsed from={times.startTime} to={times.endTime ?? state?.endTime} />}
        </span>
      </div>
      {open && (
        <ul>
          {wanted.map((name) => (
            <StackRow key={name} shown={view.stack(name)} isOver={isOver} />
          ))}
        </ul>
      )}
    </section>
  );
};

export const LayerTree = ({ view, filter }: TreeProps) => {
  const layers = view.layers.value;
  return (
    <div class="tree">
      {layers.map((layer) => (
        <Layer key={layer.layer} {...layer} view={view} filter={filter} />
      ))}
    </div>
  );
};

/** Layers, their stacks and the stacks' resources: a tree that folds, and that keeps still what did not change. */
import { useMemo, useState } from "preact/hooks";
import { queryValue, setView } from "../../address.ts";
import { lazy } from "../../elements/lazy.tsx";
import { SignMark } from "../../elements/mark.tsx";
import { Elapsed } from "../../elements/elapsed.tsx";
import { layerLookOf, treeLookOf, type TreeLook } from "./layer-look.ts";
import { StackRow } from "./stack-row.tsx";
import type { LayerView, RunView } from "../run/run-view.ts";
import type { StackFilter } from "./stack-filter.ts";

type TreeProps = Readonly<{
  view: RunView;
  /** The same as long as it asks for the same. */
  filter: StackFilter;
}>;

type LayerProps = TreeProps & Readonly<{ shown: LayerView; tree: TreeLook }>;

const Unchanged = lazy(async () => (await import("./unchanged-stacks.tsx")).Unchanged, null);

const Layer = ({ shown, tree, view, filter }: LayerProps) => {
  const [chosen, setOpen] = useState<boolean>();
  const look = useMemo(() => layerLookOf(view, shown, filter), [view, shown, filter]);
  // What a reader has in sight is not folded away under the eyes, unless it is on a wall or there is too much of it.
  const [wasDone] = useState(() => look.isDone.peek() && tree.isFoldedAtOpen.peek());
  const wanted = look.wanted.value;
  if (wanted === "") return null;
  const { layer } = shown;
  // What is chosen is not hidden, by whatever it was chosen.
  const mayFold = wasDone || tree.isMany.value || queryValue("kiosk") === "1";
  const isFolded = mayFold && look.isDone.value && !look.hasFailed.value && filter.isEmpty;
  const unchanged = look.unchanged.value;
  const row = (name: string) => (
    <StackRow
      key={name}
      shown={view.stack(name)}
      isOver={tree.isOver.value}
      opensItself={tree.failed.peek() === name}
    />
  );
  const holdsChosen = wanted.split("\n").includes(queryValue("stack"));
  const open = holdsChosen || (chosen ?? !isFolded);
  const fold = (): void => {
    setOpen(!open);
    if (holdsChosen) setView({ stack: undefined, resource: undefined });
  };
  const startTime = look.startTime.value;
  return (
    <section class="layer" aria-label={`Layer ${layer}`}>
      <div class="layer-head">
        <button type="button" class="fold" aria-expanded={open} aria-label={`Layer ${layer}`} onClick={fold}>
          <SignMark sign="fold" />
        </button>
        <h3>
          <span>
            Layer {layer} of {look.total.value}
          </span>
          <span class="quiet">{look.tally.value}</span>
        </h3>
        <span class="small quiet">
          {startTime !== undefined && <Elapsed from={startTime} to={look.endTime.value} />}
        </span>
      </div>
      {open && (
        <ul>
          {wanted
            .split("\n")
            .filter((name) => !unchanged.split("\n").includes(name))
            .map(row)}
          {unchanged !== "" && <Unchanged names={unchanged}>{row}</Unchanged>}
        </ul>
      )}
    </section>
  );
};

export const LayerTree = ({ view, filter }: TreeProps) => {
  const tree = useMemo(() => treeLookOf(view), [view]);
  return (
    <div class="tree">
      {view.layers.value.map((shown) => (
        <Layer key={shown.layer} {...{ shown, tree, view, filter }} />
      ))}
    </div>
  );
};

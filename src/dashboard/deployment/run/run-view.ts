/**
 * A run as the page draws it, in signals as fine as its parts: a stack that did not change is not drawn again, however
 * many others did.
 */
import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { DeploymentState, StackNode } from "../../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress, StackProgress } from "../../../protocol/deployment/deployment-progress.ts";

/** A stack, with its resources as soon as they are known. */
export type RunStackView = Readonly<{ progress: StackProgress; node: StackNode | undefined }>;

/** Stacks of one layer, in the order of their names' first mention. */
export type LayerView = Readonly<{ layer: number; stacks: readonly string[] }>;

/** The layers of a run, from the first. */
const layersOfRun = ({ stacks }: Pick<DeploymentProgress, "stacks">): readonly LayerView[] => {
  const layers = new Map<number, string[]>();
  for (const { name, layer } of Object.values(stacks)) {
    const known = layers.get(layer);
    if (known) known.push(name);
    else layers.set(layer, [name]);
  }
  return [...layers]
    .sort(([one], [other]) => one - other)
    .map(([layer, names]) => ({ layer, stacks: names }));
};

const isSamePlan = (one: readonly LayerView[], other: readonly LayerView[]): boolean =>
  one.length === other.length &&
  one.every(
    ({ layer, stacks }, index) =>
      layer === other[index]?.layer &&
      stacks.length === other[index].stacks.length &&
      stacks.every((name, place) => name === other[index]?.stacks[place]),
  );

export class RunView {
  readonly #progress = signal<DeploymentProgress | undefined>(undefined);
  readonly #state = signal<DeploymentState | undefined>(undefined);
  readonly #layers = signal<readonly LayerView[]>([]);
  readonly #stacks = new Map<string, Signal<RunStackView | undefined>>();

  /** The whole; undefined before anything is known. */
  get progress(): ReadonlySignal<DeploymentProgress | undefined> {
    return this.#progress;
  }

  /** All resources of all stacks; undefined as long as only a summary is known. */
  get state(): ReadonlySignal<DeploymentState | undefined> {
    return this.#state;
  }

  get layers(): ReadonlySignal<readonly LayerView[]> {
    return this.#layers;
  }

  /** One stack; undefined as long as there is none of this name. */
  stack(name: string): ReadonlySignal<RunStackView | undefined> {
    return this.#stackSignal(name);
  }

  show(progress: DeploymentProgress, state: DeploymentState | undefined): void {
    batch(() => {
      const before = this.#state.peek();
      // How long something that is still under way took is settled when the run ends.
      const isSettled = before?.run === state?.run && before?.endTime === state?.endTime;
      this.#progress.value = progress;
      this.#state.value = state;
      const layers = layersOfRun(progress);
      if (!isSamePlan(this.#layers.peek(), layers)) this.#layers.value = layers;
      for (const [name, stack] of Object.entries(progress.stacks)) {
        const node = state?.stacks.get(name);
        const shown = this.#stackSignal(name);
        const known = shown.peek();
        if (known && node && known.node === node && isSettled) continue;
        shown.value = { progress: stack, node };
      }
      for (const [name, shown] of this.#stacks) {
        if (!Object.hasOwn(progress.stacks, name)) shown.value = undefined;
      }
    });
  }

  clear(): void {
    batch(() => {
      this.#progress.value = undefined;
      this.#state.value = undefined;
      this.#layers.value = [];
      for (const shown of this.#stacks.values()) shown.value = undefined;
    });
  }

  #stackSignal(name: string): Signal<RunStackView | undefined> {
    let known = this.#stacks.get(name);
    if (!known) this.#stacks.set(name, (known = signal<RunStackView | undefined>(undefined)));
    return known;
  }
}

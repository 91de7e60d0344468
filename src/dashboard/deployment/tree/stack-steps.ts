/** Which stack comes after another, as the keys go from one to the next. */
import type { RunView } from "../run/run-view.ts";

const namesInOrder = (view: RunView): readonly string[] => view.layers.peek().flatMap(({ stacks }) => stacks);

const stepIn = (names: readonly string[], from: string, direction: 1 | -1): string | undefined => {
  const index = names.indexOf(from);
  if (index === -1) return direction === 1 ? names[0] : names.at(-1);
  return names[(index + direction + names.length) % names.length];
};

/** The stack after or before the chosen one, around at the end; undefined if there is none. */
export const nextStack = (view: RunView, from: string, direction: 1 | -1): string | undefined =>
  stepIn(namesInOrder(view), from, direction);

/** The next stack that has failed. */
export const nextFailure = (view: RunView, from: string, direction: 1 | -1): string | undefined => {
  const stacks = view.progress.peek()?.stacks ?? {};
  return stepIn(
    namesInOrder(view).filter((name) => stacks[name]?.error !== undefined),
    from,
    direction,
  );
};

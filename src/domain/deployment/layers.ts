/** Layers of a deployment: a stack lies one above the highest stack that it depends on, from 1. */
import { failed, success, type Result } from "../../protocol/result.ts";

type Dependent = Readonly<{ name: string; dependsOn: readonly string[] }>;

/** Why stacks have no layers: a dependency that is no stack, a name given twice, or a cycle, named once around. */
export type LayeringFailure =
  | Readonly<{ kind: "unknown"; stack: string; dependency: string }>
  | Readonly<{ kind: "duplicate"; stack: string }>
  | Readonly<{ kind: "cycle"; stacks: readonly string[] }>;

/** Layer of each stack, by name. */
export const layersOf = (
  stacks: readonly Dependent[],
): Result<ReadonlyMap<string, number>, LayeringFailure> => {
  const byName = new Map<string, Dependent>();
  for (const stack of stacks) {
    if (byName.has(stack.name)) return failed({ kind: "duplicate", stack: stack.name });
    byName.set(stack.name, stack);
  }
  for (const { name, dependsOn } of stacks) {
    const unknown = dependsOn.find((dependency) => !byName.has(dependency));
    if (unknown !== undefined) return failed({ kind: "unknown", stack: name, dependency: unknown });
  }
  const layers = new Map<string, number>();
  // Each round settles the stacks whose dependencies are settled; one that settles none has met a cycle.
  while (layers.size < byName.size) {
    const ready = [...byName.values()].filter(
      ({ name, dependsOn }) => !layers.has(name) && dependsOn.every((dependency) => layers.has(dependency)),
    );
    if (ready.length === 0) return failed({ kind: "cycle", stacks: cycleAmong(byName, layers) });
    const settled = ready.map(({ name, dependsOn }): [string, number] => [
      name,
      1 + Math.max(0, ...dependsOn.map((dependency) => layers.get(dependency) ?? 0)),
    ]);
    for (const [name, layer] of settled) layers.set(name, layer);
  }
  return success(layers);
};

/** Follows unsettled dependencies until one comes again. */
const cycleAmong = (
  stacks: ReadonlyMap<string, Dependent>,
  settled: ReadonlyMap<string, number>,
): string[] => {
  const path: string[] = [];
  let name = [...stacks.keys()].find((candidate) => !settled.has(candidate));
  while (name !== undefined && !path.includes(name)) {
    path.push(name);
    name = stacks.get(name)?.dependsOn.find((dependency) => !settled.has(dependency));
  }
  return name === undefined ? path : [...path.slice(path.indexOf(name)), name];
};

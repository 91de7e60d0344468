/**
 * Which stacks of a run wait for which others: in the order of their dependencies for those that they depend on, at any
 * distance; layer by layer for all below. Backwards for those that depend on them, or for all above.
 */
import type { RunOrder } from "../../protocol/deployment/deployment-event-parts.ts";

type Placed = Readonly<{ name: string; layer: number; dependsOn: readonly string[] }>;

type Stacks = ReadonlyMap<string, Placed>;

/**
 * Stacks in flight at the same time. Each is polled by its tracker: ten of them ask three times a second, which is what
 * CloudFormation grants an account in a region before it throttles all of them.
 */
export const MAX_IN_FLIGHT = 10;

/** Up: a stack begins after those that it depends on. Down: before them. */
export type Direction = "up" | "down";

/**
 * Whether all of a layer wait for the layers before: because the plan says so, or because nobody has stated a dependency,
 * so that the layers are all that is known.
 */
export const goesByLayers = (
  order: RunOrder | undefined,
  stacks: Iterable<Pick<Placed, "dependsOn">>,
): boolean => order === "layers" || [...stacks].every(({ dependsOn }) => dependsOn.length === 0);

/** By the name of a stack, those next to it that it holds back. */
export const heldBackBy = (stacks: Stacks, direction: Direction): ((name: string) => readonly string[]) => {
  if (direction === "down") return (name) => stacks.get(name)?.dependsOn ?? [];
  const dependents = new Map<string, string[]>();
  for (const { name, dependsOn } of stacks.values()) {
    for (const below of dependsOn) {
      const known = dependents.get(below);
      if (known) known.push(name);
      else dependents.set(below, [name]);
    }
  }
  return (name) => dependents.get(name) ?? [];
};

/** Of the stacks that are not finished, those that no other of them holds back. */
export const unheldAmong = <Stack extends Placed>(
  unfinished: readonly Stack[],
  stacks: Stacks,
  order: RunOrder | undefined,
  direction: Direction,
): readonly Stack[] => {
  if (goesByLayers(order, stacks.values())) {
    const layers = unfinished.map(({ layer }) => layer);
    const first = direction === "up" ? Math.min(...layers) : Math.max(...layers);
    return unfinished.filter(({ layer }) => layer === first);
  }
  const next = heldBackBy(stacks, direction);
  // A set that grows while it is walked meets each stack once: one between that is finished hands the waiting on.
  const held = new Set(unfinished.flatMap(({ name }) => next(name)));
  for (const name of held) for (const further of next(name)) held.add(further);
  return unfinished.filter(({ name }) => !held.has(name));
};

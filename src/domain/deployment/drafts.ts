/**
 * Maps that a fold has made itself and that nobody else has seen yet: it may go on in them. The first change of a fold makes one
 * that shares the rest with the map before; without both, each event of a stack of a thousand resources would copy them all.
 */
import { LayeredMap } from "../layered-map.ts";

/** The drafts of one fold, each by itself. */
export type Drafts = WeakMap<ReadonlyMap<string, unknown>, true>;

/** The map itself if it is a draft, else a copy that is one from now on. */
export const draftOf = <Value>(map: ReadonlyMap<string, Value>, drafts: Drafts): Map<string, Value> => {
  // What is among the drafts was made here, as a map that can be written to.
  if (drafts.has(map)) return map as Map<string, Value>;
  const draft = LayeredMap.over(map);
  drafts.set(draft, true);
  return draft;
};

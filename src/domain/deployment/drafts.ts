/**
 * Maps that a fold has made itself and that nobody else has seen yet: it may go on in them. Without that, each event of a
 * stack of a thousand resources, or of a deployment of hundreds of stacks, would copy them all.
 */

/** The drafts of one fold, each by itself. */
export type Drafts = WeakMap<ReadonlyMap<string, unknown>, true>;

/** The map itself if it is a draft, else a copy that is one from now on. */
export const draftOf = <Value>(map: ReadonlyMap<string, Value>, drafts: Drafts): Map<string, Value> => {
  // What is among the drafts was made here, as a map that can be written to.
  if (drafts.has(map)) return map as Map<string, Value>;
  const draft = new Map(map);
  drafts.set(draft, true);
  return draft;
};

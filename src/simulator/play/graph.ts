/** Walks resources in the order of their dependencies, as many at once as the dependencies allow. */

/**
 * Visits each id once all that it waits for were visited well. What waits for a failed one is never visited.
 * Resolves when every visit that began has ended.
 */
export const walk = async (
  waitsFor: ReadonlyMap<string, ReadonlySet<string>>,
  visit: (id: string) => Promise<boolean>,
): Promise<void> => {
  const visits = new Map<string, Promise<boolean>>();
  const begin = (id: string): Promise<boolean> => {
    const known = visits.get(id);
    if (known !== undefined) return known;
    const before = [...(waitsFor.get(id) ?? [])].filter((other) => waitsFor.has(other));
    const visited = Promise.all(before.map(begin)).then((results) => results.every(Boolean) && visit(id));
    visits.set(id, visited);
    return visited;
  };
  const results = await Promise.allSettled([...waitsFor.keys()].map(begin));
  for (const result of results) if (result.status === "rejected") throw result.reason;
};

/** The same graph walked from its other end: what depended on an id goes before it. */
export const reversed = (waitsFor: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> => {
  const turned = new Map([...waitsFor.keys()].map((id) => [id, new Set<string>()]));
  for (const [id, others] of waitsFor) for (const other of others) turned.get(other)?.add(id);
  return turned;
};

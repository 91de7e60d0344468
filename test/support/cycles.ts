/** Cycles in a graph: its strongly connected components of more than one node, found by Tarjan's algorithm. */
export const cyclesOf = (graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const index = indexes.size;
    indexes.set(node, index);
    lowest.set(node, index);
    const depth = stack.push(node);
    for (const next of graph.get(node) ?? []) {
      const low = !indexes.has(next) ? visit(next) : stack.includes(next) ? indexes.get(next)! : Infinity;
      lowest.set(node, Math.min(lowest.get(node)!, low));
    }
    if (lowest.get(node) === index) {
      const circle = stack.splice(depth - 1);
      if (circle.length > 1) circles.push(circle);
      // What is done is in nobody's cycle any more.
      return Infinity;
    }
    return lowest.get(node)!;
  };
  for (const node of graph.keys()) if (!indexes.has(node)) visit(node);
  return circles;
};

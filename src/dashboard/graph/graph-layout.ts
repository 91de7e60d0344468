/** Where the stacks of a run stand in its graph: a column a layer, and in it as near as may be to what they depend on. */

export type GraphStack = Readonly<{ name: string; layer: number; dependsOn: readonly string[] }>;

export type GraphNode = Readonly<{ name: string; left: number; top: number }>;

/** `from` has to be finished before `to` begins. */
type GraphEdge = Readonly<{ from: string; to: string; path: string }>;

export type Graph = Readonly<{
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  width: number;
  height: number;
}>;

/** Of a node, and between two columns and rows, in pixels. */
export const NODE = { width: 184, height: 48 } as const;
const GAP = { x: 72, y: 12 } as const;
const EDGE = 12;

const byLayer = (stacks: readonly GraphStack[]): readonly (readonly GraphStack[])[] => {
  const layers = new Map<number, GraphStack[]>();
  for (const stack of stacks) {
    const known = layers.get(stack.layer);
    if (known) known.push(stack);
    else layers.set(stack.layer, [stack]);
  }
  return [...layers].sort(([one], [other]) => one - other).map(([, layer]) => layer);
};

export const graphLayout = (stacks: readonly GraphStack[]): Graph => {
  const columns = byLayer(stacks);
  const most = Math.max(0, ...columns.map(({ length }) => length));
  const height = EDGE * 2 + most * (NODE.height + GAP.y) - (most > 0 ? GAP.y : 0);
  const nodes = new Map<string, GraphNode>();
  for (const [column, layer] of columns.entries()) {
    /** The middle of what a stack depends on; of one without, where the column begins. */
    const pull = ({ dependsOn }: GraphStack): number => {
      const tops = dependsOn.flatMap((name) => nodes.get(name)?.top ?? []);
      return tops.length === 0 ? 0 : tops.reduce((sum, top) => sum + top, 0) / tops.length;
    };
    const ordered = [...layer].sort((one, other) => pull(one) - pull(other));
    const taken = ordered.length * (NODE.height + GAP.y) - GAP.y;
    const first = EDGE + (height - EDGE * 2 - taken) / 2;
    for (const [row, { name }] of ordered.entries())
      nodes.set(name, {
        name,
        left: EDGE + column * (NODE.width + GAP.x),
        top: first + row * (NODE.height + GAP.y),
      });
  }
  const edges = stacks.flatMap(({ name: to, dependsOn }) =>
    dependsOn.flatMap((from): GraphEdge[] => {
      const [begin, end] = [nodes.get(from), nodes.get(to)];
      if (!begin || !end) return [];
      const [x, y] = [begin.left + NODE.width, begin.top + NODE.height / 2];
      const [toX, toY] = [end.left, end.top + NODE.height / 2];
      const bend = Math.max(GAP.x / 2, (toX - x) / 2);
      return [{ from, to, path: `M${x} ${y}C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}` }];
    }),
  );
  const width = EDGE * 2 + columns.length * (NODE.width + GAP.x) - (columns.length > 0 ? GAP.x : 0);
  return { nodes: [...nodes.values()], edges, width, height };
};

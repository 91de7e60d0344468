/** The nodes of a plan's YAML by their paths, through aliases and merges (https://yaml.org/type/merge.html). */
import { isAlias, isMap, isNode, isScalar, isSeq, visit, type Document, type Pair, type YAMLMap } from "yaml";
import type { Path } from "./plan-text.ts";

/** What an alias names; any other node is itself. */
export const resolved = (document: Document, node: unknown): unknown =>
  isAlias(node) ? node.resolve(document) : node;

const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && typeof key.value === "symbol" && key.value.description === "<<";

/** The maps that a merge brings in, those that count first first; undefined: it is none. */
const mergedMaps = (document: Document, value: unknown): readonly YAMLMap[] | undefined => {
  const source = resolved(document, value);
  if (source === undefined) return [];
  const maps = isSeq(source) ? source.items.map((item) => resolved(document, item)) : [source];
  return maps.every((map) => isMap(map)) ? maps : undefined;
};

/** What stands under a name: in the map itself, else in one that is merged into it. */
const childOf = (document: Document, map: YAMLMap, name: string): unknown => {
  const own = map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === name);
  if (own) return own.value ?? undefined;
  for (const merge of map.items.filter(isMerge))
    for (const source of mergedMaps(document, merge.value) ?? []) {
      const found = childOf(document, source, name);
      if (found !== undefined) return found;
    }
  return undefined;
};

/** The node at a path: an alias where the path ends at one; undefined: there is none. */
export const nodeAt = (document: Document, path: Path): unknown => {
  let node: unknown = document.contents;
  for (const part of path) {
    const parent = resolved(document, node);
    if (isSeq(parent) && typeof part === "number") node = parent.items[part];
    else if (isMap(parent)) node = childOf(document, parent, String(part));
    else return undefined;
  }
  return node;
};

type Mistake = Readonly<{ at: number; message: string }>;

/** What cannot be read as it is written: a name that is a number to YAML, an alias of nothing, a merge of what is no map. */
export const misreadIn = (document: Document): readonly Mistake[] => {
  const mistakes: Mistake[] = [];
  const tell = (node: unknown, message: string): void => {
    mistakes.push({ at: isNode(node) ? (node.range?.[0] ?? 0) : 0, message });
  };
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document)) tell(alias, `there is no anchor &${alias.source} before it`);
    },
    Pair: (_, pair) => {
      const { key, value } = pair;
      if (isMerge(pair)) {
        if (!mergedMaps(document, value)) tell(key, "only maps, or aliases of maps, can be merged with <<");
      } else if (isAlias(key) || isMap(key) || isSeq(key)) {
        tell(key, "must be a name");
      } else if (isScalar(key) && key.source !== undefined && key.source !== String(key.value)) {
        tell(key, `${key.source} is read as ${String(key.value)}: write it in quotes`);
      }
    },
  });
  return mistakes;
};

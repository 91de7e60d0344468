/**
 * A deployment's resources as rows: several in each, in the order in which they appeared. A row may hold 2 MB, which
 * is less than all resources of a large stack; and what is at work at the same time appeared at about the same time, so
 * that a commit touches few rows.
 */
import { deleteRows, readableRows } from "../../channel/rows.ts";
import { resourceBlockCodec } from "./deployment-codec.ts";
import type { ResourceNode, StackNode } from "../../domain/deployment/deployment-state.ts";

type Resources = StackNode["resources"];
type Entry = readonly [string, ResourceNode];

/** The first one's place is the block's name. */
type Blocks = ReadonlyMap<number, readonly Entry[]>;

const BLOCK = 50;
/** Characters, of up to two bytes each, that a block may hold beside its times. */
const BLOCK_LENGTH = 500_000;

const RESOURCES = "resources/";

export class ResourceBlocks {
  private readonly kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.kv = kv;
  }

  /** Keeps what a stack's resources have become; `before`: those that are kept. */
  keep(stack: string, before: Resources, after: Resources): void {
    if (before === after) return;
    const known = blocksOf(before);
    const blocks = blocksOf(after);
    for (const [from, block] of blocks) {
      if (!isSame(known.get(from), block)) this.kv.put(keyOf(stack, from), block);
    }
    for (const from of known.keys()) if (!blocks.has(from)) this.kv.delete(keyOf(stack, from));
  }

  /** All that are kept, by the names of their stacks; undefined if some cannot be read. */
  load(): ReadonlyMap<string, Resources> | undefined {
    const kept = new Map<string, Map<string, ResourceNode>>();
    const { rows, isWhole } = readableRows(this.kv, RESOURCES, resourceBlockCodec);
    if (!isWhole) return undefined;
    // In the order of their keys, so that every resource finds its place in its block again.
    for (const [key, block] of rows) {
      const stack = key.slice(0, key.lastIndexOf("/"));
      const resources = kept.get(stack) ?? new Map<string, ResourceNode>();
      kept.set(stack, resources);
      for (const [name, resource] of block) resources.set(name, resource);
    }
    return kept;
  }

  forget(): void {
    deleteRows(this.kv, RESOURCES);
  }
}

const keyOf = (stack: string, from: number): string =>
  `${RESOURCES}${stack}/${String(from).padStart(8, "0")}`;

/** Of resources as they were kept: the next commit compares with them. */
const knownBlocks = new WeakMap<Resources, Blocks>();

const blocksOf = (resources: Resources): Blocks => {
  const known = knownBlocks.get(resources);
  if (known) return known;
  const blocks = new Map<number, readonly Entry[]>();
  let block: Entry[] = [];
  let length = 0;
  let place = 0;
  for (const entry of resources) {
    const more = lengthOf(entry);
    if (place === 0 || block.length >= BLOCK || length + more > BLOCK_LENGTH) {
      block = [];
      length = 0;
      blocks.set(place, block);
    }
    block.push(entry);
    length += more;
    place += 1;
  }
  knownBlocks.set(resources, blocks);
  return blocks;
};

const lengthOf = ([key, { type, name, id = "" }]: Entry): number =>
  key.length + type.length + name.length + id.length;

/** Entries are replaced, never changed in place. */
const isSame = (known: readonly Entry[] | undefined, block: readonly Entry[]): boolean =>
  known?.length === block.length &&
  block.every(([key, resource], index) => known[index]?.[0] === key && known[index][1] === resource);

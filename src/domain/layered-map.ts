/**
 * A map that shares what it does not change with the map it was made of: a state of thousands of entries of which one changes
 * costs little more than that one. The map it was made of stays as it is, and must not be written to any more. It is for the
 * memory only: a structured clone of it is empty.
 */
export class LayeredMap<Key, Value> extends Map<Key, Value> {
  #base: ReadonlyMap<Key, Value>;
  #own: Map<Key, Value>;
  /** Keys of its own that are not in the base. */
  #added: number;

  private constructor(base: ReadonlyMap<Key, Value>, own: Map<Key, Value>, added: number) {
    super();
    this.#base = base;
    this.#own = own;
    this.#added = added;
  }

  static over<Key, Value>(map: ReadonlyMap<Key, Value>): LayeredMap<Key, Value> {
    if (!(map instanceof LayeredMap)) return new LayeredMap(map, new Map(), 0);
    const layered = map as LayeredMap<Key, Value>;
    // To copy the few that are its own each time costs as much as to copy all now and then.
    return layered.#own.size ** 2 > 2 * layered.#base.size + LEAST
      ? new LayeredMap(new Map(layered), new Map(), 0)
      : new LayeredMap(layered.#base, new Map(layered.#own), layered.#added);
  }

  override get size(): number {
    return this.#base.size + this.#added;
  }

  override get(key: Key): Value | undefined {
    return this.#own.has(key) ? this.#own.get(key) : this.#base.get(key);
  }

  override has(key: Key): boolean {
    return this.#own.has(key) || this.#base.has(key);
  }

  override set(key: Key, value: Value): this {
    if (!this.has(key)) this.#added += 1;
    this.#own.set(key, value);
    return this;
  }

  /** Costs as much as a copy. */
  override delete(key: Key): boolean {
    const rest = new Map(this);
    const isGone = rest.delete(key);
    this.#begin(rest);
    return isGone;
  }

  override clear(): void {
    this.#begin(new Map());
  }

  #begin(base: ReadonlyMap<Key, Value>): void {
    this.#base = base;
    this.#own = new Map();
    this.#added = 0;
  }

  override entries(): MapIterator<[Key, Value]> {
    return this.#own.size === 0 ? this.#base.entries() : this.#both();
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  override *keys(): MapIterator<Key> {
    for (const [key] of this) yield key;
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this) yield value;
  }

  override forEach(take: (value: Value, key: Key, map: Map<Key, Value>) => void, self?: unknown): void {
    for (const [key, value] of this) take.call(self, value, key, this);
  }

  /** In the order in which the keys came. */
  *#both(): MapIterator<[Key, Value]> {
    const [base, own] = [this.#base, this.#own];
    for (const [key, value] of base) yield [key, own.has(key) ? own.get(key)! : value];
    for (const entry of own) if (!base.has(entry[0])) yield entry;
  }
}

const LEAST = 256;

// For whoever compares: it is a map like any other with these entries.
Object.defineProperty(LayeredMap.prototype, "constructor", { value: Map });

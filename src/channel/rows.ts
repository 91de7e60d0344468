/**
 * Rows that an object keeps under keys of its own, each read once, when it is first asked for. One that cannot be read
 * counts as absent.
 */
import { decoded, type Codec } from "./codec.ts";

/** Where rows are kept: the storage itself, or what moves with a log. `ride`: see `Riding`. */
export type KeyRows = Readonly<{
  get(key: string): unknown;
  list(options: Readonly<{ prefix: string }>): Iterable<[string, unknown]>;
  put(key: string, value: unknown): void;
  delete(key: string): unknown;
  ride?(key: string, value: unknown): void;
}>;

/** One row. */
export class Row<Value> {
  readonly key: string;
  private isRead = false;
  private known: Value | undefined;
  private readonly kv: KeyRows;
  private readonly codec: Codec<Value>;

  constructor(kv: KeyRows, key: string, codec: Codec<Value>) {
    this.kv = kv;
    this.key = key;
    this.codec = codec;
  }

  get value(): Value | undefined {
    if (this.isRead) return this.known;
    const stored = this.kv.get(this.key);
    this.isRead = true;
    this.known = stored === undefined ? undefined : decoded(this.codec, stored, this.key);
    return this.known;
  }

  put(value: Value): void {
    this.kv.put(this.key, value);
    this.isRead = true;
    this.known = value;
  }

  /** Keeps a value that may be lost in a crash, with the next commit. */
  ride(value: Value): void {
    rideOn(this.kv, this.key, value);
    this.isRead = true;
    this.known = value;
  }

  delete(): void {
    this.kv.delete(this.key);
    this.isRead = true;
    this.known = undefined;
  }
}

/** Rows whose keys begin alike, each by what follows in its key. */
export class Rows<Value> {
  private known: Map<string, Value> | undefined;
  private readonly kv: KeyRows;
  private readonly prefix: string;
  private readonly codec: Codec<Value>;

  constructor(kv: KeyRows, prefix: string, codec: Codec<Value>) {
    this.kv = kv;
    this.prefix = prefix;
    this.codec = codec;
  }

  get all(): ReadonlyMap<string, Value> {
    this.known ??= new Map(readableRows(this.kv, this.prefix, this.codec).rows);
    return this.known;
  }

  get(name: string): Value | undefined {
    return this.all.get(name);
  }

  put(name: string, value: Value): void {
    this.kv.put(this.prefix + name, value);
    this.known?.set(name, value);
  }

  /** As of `Row`. */
  ride(name: string, value: Value): void {
    rideOn(this.kv, this.prefix + name, value);
    this.known?.set(name, value);
  }

  delete(name: string): void {
    this.kv.delete(this.prefix + name);
    this.known?.delete(name);
  }

  clear(): void {
    deleteRows(this.kv, this.prefix);
    this.known = undefined;
  }
}

/** All rows whose keys begin alike, in the order of their keys. `isWhole`: each of them could be read. */
export const readableRows = <Value>(kv: KeyRows, prefix: string, codec: Codec<Value>) => {
  const stored = [...kv.list({ prefix })];
  const rows = stored.flatMap(([key, row]): (readonly [string, Value])[] => {
    const value = decoded(codec, row, key);
    return value === undefined ? [] : [[key.slice(prefix.length), value]];
  });
  return { rows, isWhole: rows.length === stored.length };
};

export const deleteRows = (kv: KeyRows, prefix: string): void => {
  for (const [key] of kv.list({ prefix })) kv.delete(key);
};

const rideOn = (kv: KeyRows, key: string, value: unknown): void => {
  if (kv.ride) kv.ride(key, value);
  else kv.put(key, value);
};

/**
 * How long things took in an account and region: a sketch for each verb and type, and for each resource of each stack. Kept in
 * the region's object, in rows that carry the version of their form; one that cannot be read is learned again. The directory
 * keeps the same by type for all regions together.
 */
import * as z from "zod";
import { objectOf, type Codec } from "../../channel/codec.ts";
import { deleteRows, Row } from "../../channel/rows.ts";
import {
  learnedFrom,
  withResources,
  withTypes,
  type Seen,
  type Sketches,
} from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { Sketch } from "../../domain/estimate/sketch.ts";

const VERSION = 1;
const PREFIX = "durations/";
const TYPES = `${PREFIX}types`;
const STACKS = `${PREFIX}stacks/`;

type Kept = Readonly<{ version: typeof VERSION; sketches: Sketches }>;

const counts = z.record(z.string(), z.number());

const keptCodec: Codec<Kept> = objectOf<Kept>({
  version: z.literal(VERSION),
  sketches: z.record(z.string(), objectOf<Sketch>({ done: counts, over: counts.optional() })),
});

export class DurationMemory {
  private readonly kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.kv = kv;
  }

  /** What is known of a stack's resources, and of all types. */
  learned(stackName: string): Learned {
    return { resources: learnedFrom(this.sketchesIn(STACKS + stackName)), types: this.types };
  }

  learn(stackName: string, seen: readonly Seen[]): void {
    if (seen.length === 0) return;
    this.keep(STACKS + stackName, withResources(this.sketchesIn(STACKS + stackName), seen));
    this.learnTypes(seen);
  }

  /** What is known of all types. */
  get types(): Learned["types"] {
    return learnedFrom(this.sketchesIn(TYPES));
  }

  learnTypes(seen: readonly Seen[]): void {
    if (seen.length > 0) this.keep(TYPES, withTypes(this.sketchesIn(TYPES), seen));
  }

  /** All that is kept, by row. */
  exported(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.kv.list({ prefix: PREFIX }));
  }

  /** What is known of a stack goes; without a name, all of it. */
  forget(stackName?: string): void {
    if (stackName === undefined) deleteRows(this.kv, PREFIX);
    else this.kv.delete(STACKS + stackName);
  }

  private sketchesIn(key: string): Sketches {
    return new Row(this.kv, key, keptCodec).value?.sketches ?? {};
  }

  private keep(key: string, sketches: Sketches): void {
    this.kv.put<Kept>(key, { version: VERSION, sketches });
  }
}

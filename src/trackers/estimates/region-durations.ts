/** How long things take in a region, as its own object remembers it, and in all regions, as the directory does. */
import type { Seen } from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { Env } from "../../env.ts";
import { call, directoryOf } from "../../objects.ts";
import { DurationMemory } from "./duration-memory.ts";

/** How long things take elsewhere is asked again after so many milliseconds. */
const ELSEWHERE_MS = 3_600_000;

const UNASKED = { types: {}, at: -Infinity } as const;

export class RegionDurations {
  private readonly memory: DurationMemory;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  /** What all regions have shown, and when that was asked last, in unix milliseconds. */
  private elsewhere: Readonly<{ types: Learned["types"]; at: number }> = UNASKED;

  constructor(ctx: DurableObjectState, env: Env) {
    this.memory = new DurationMemory(ctx.storage.kv);
    this.ctx = ctx;
    this.env = env;
  }

  async learned(stackName: string): Promise<Learned> {
    return { ...this.memory.learned(stackName), elsewhere: await this.typesElsewhere() };
  }

  learn(stackName: string, seen: readonly Seen[]): void {
    this.memory.learn(stackName, seen);
    const reported = call(
      () => directoryOf(this.env),
      (directory) => directory.learnDurations(seen),
    );
    // Nothing depends on it.
    this.ctx.waitUntil(reported.catch(() => undefined));
  }

  /** All that the region's own object keeps, by row. */
  exported(): Readonly<Record<string, unknown>> {
    return this.memory.exported();
  }

  forget(stackName: string): void {
    this.memory.forget(stackName);
  }

  /** Of this region, and of all together. */
  async forgetAll(): Promise<void> {
    this.memory.forget();
    this.elsewhere = UNASKED;
    await call(
      () => directoryOf(this.env),
      (directory) => directory.forgetDurations(),
    );
  }

  /** While the directory is away, what was known before. */
  private async typesElsewhere(): Promise<Learned["types"]> {
    if (Date.now() - this.elsewhere.at < ELSEWHERE_MS) return this.elsewhere.types;
    const asked = call(
      () => directoryOf(this.env),
      (directory) => directory.typeDurations(),
    );
    const types = await asked.catch(() => undefined);
    if (types) this.elsewhere = { at: Date.now(), types };
    return this.elsewhere.types;
  }
}

/** Every process of the Worker is killed at once, again and again, at moments drawn from a seed. */
import { setTimeout as sleep } from "node:timers/promises";
import { randomOf } from "../../src/simulator/random.ts";
import type { Shop } from "./shop.ts";
import type { System } from "./system.ts";

/** Longest time that the Worker is let live once it answers. */
const LONGEST_LIFE_MS = 2_500;

export class PowerCuts {
  /** How many there were. */
  count = 0;
  readonly #system: System;
  readonly #random: () => number;

  constructor(system: System, seed: number) {
    this.#system = system;
    this.#random = randomOf(seed, "crashes");
  }

  /** Resolves when the Worker answers again. */
  async cut(): Promise<void> {
    this.count += 1;
    await this.#system.worker().kill();
    await this.#system.restart();
    await this.#system.worker().ready();
  }

  /** Until the run is over, or as often as this. */
  async during(shop: Shop, run: number, most: number): Promise<void> {
    for (let count = 0; count < most; count += 1) {
      await sleep(this.#random() * LONGEST_LIFE_MS);
      await this.cut();
      const { run: present, endTime } = await shop.status();
      if (present === run && endTime !== undefined) return;
    }
  }

  /** A Worker at rest outlives those that are left of its share. */
  async rest(share: number): Promise<void> {
    for (let count = this.count; count < share; count += 1) await this.cut();
  }
}

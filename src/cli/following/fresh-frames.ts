/** Which events are new to somebody who keeps what he was told: a history that is told anew holds much that he has. */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";

export class FreshFrames {
  #epoch = "";
  #told = 0;

  /** Offsets of another epoch say nothing of what was told. */
  reset(epoch: string): void {
    if (epoch !== this.#epoch) this.#told = 0;
    this.#epoch = epoch;
  }

  /** Those that were not told before. */
  of(frames: readonly ChannelFrame[]): readonly ChannelFrame[] {
    const fresh = frames.filter(({ offset }) => offset > this.#told);
    this.#told = fresh.at(-1)?.offset ?? this.#told;
    return fresh;
  }
}

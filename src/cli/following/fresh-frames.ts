/** Which events are new to a reader who keeps what was sent: a history that is sent again holds much that is known. */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";

export class FreshFrames {
  #epoch = "";
  #sent = 0;

  /** Offsets of another epoch say nothing of what was reported. */
  reset(epoch: string): void {
    if (epoch !== this.#epoch) this.#sent = 0;
    this.#epoch = epoch;
  }

  /** Those that were not reported before. */
  of(frames: readonly ChannelFrame[]): readonly ChannelFrame[] {
    const fresh = frames.filter(({ offset }) => offset > this.#sent);
    this.#sent = fresh.at(-1)?.offset ?? this.#sent;
    return fresh;
  }
}

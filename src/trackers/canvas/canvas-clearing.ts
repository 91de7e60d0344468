/**
 * Removes the key pairs of requests that ended halfway, by a crash or because EC2 was away, and forgets these
 * requests. Nobody has the private keys then: what stays would only stand in the way of the next key pair of its name.
 */
import type { CanvasKeyPairs } from "./canvas-key-pairs.ts";
import type { CanvasRecords } from "./canvas-records.ts";
import { logLine } from "../../log.ts";
import { backoffMs } from "../../domain/backoff.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

/** How long a request that is being answered is let be, in milliseconds; and the first wait after a failure. */
const WAIT_MS = 60_000;

const LONGEST_WAIT_MS = 3_600_000;

type Parts = Readonly<{ channel: string; records: CanvasRecords; keyPairs: CanvasKeyPairs }>;

export class CanvasClearing {
  private readonly parts: Parts;
  private readonly flight = new SingleFlight();
  private failures = 0;
  private notBefore = 0;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** No request may make key pairs before. */
  get finished(): Promise<void> {
    return this.flight.underWay ?? Promise.resolve();
  }

  /** Milliseconds until there is something to do; undefined: there is nothing. `isBusy`: a request is being answered. */
  nextIn(now: number, isBusy: boolean): number | undefined {
    if (!this.parts.records.hasHalfDone) return undefined;
    return isBusy ? WAIT_MS : Math.max(0, this.notBefore - now);
  }

  /** Removes what can be removed. To be called only while no request is being answered. */
  run(now: number): Promise<void> {
    if (now < this.notBefore || !this.parts.records.hasHalfDone) return this.finished;
    return this.flight.run(() => this.clear(now));
  }

  private async clear(now: number): Promise<void> {
    this.notBefore = now + backoffMs(this.failures, 1, { baseMs: WAIT_MS, maxMs: LONGEST_WAIT_MS });
    this.failures += 1;
    const { records, keyPairs, channel } = this.parts;
    const left: string[] = [];
    for (const { id, token, names } of records.halfDone) {
      const still = await keyPairs.remove(names, new Set([token]));
      if (still.length === 0) records.drop(id);
      left.push(...still);
    }
    if (left.length === 0) {
      this.failures = 0;
      this.notBefore = 0;
    } else {
      logLine("warn", "Key pairs not deleted again", { channel, names: left });
    }
  }
}

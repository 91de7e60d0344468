/** Tells the directory how many sockets a gateway holds, when that has changed and not too often: for `/metrics`. */
import type { Env } from "../../env.ts";
import { directoryOf } from "../../objects.ts";

/** Least time between two reports, in milliseconds. */
const EVERY_MS = 60_000;

export class GatewayCensus {
  /** Undefined after a wake-up: what was reported before is not known. */
  private reported: number | undefined;
  private reportedAt = -Infinity;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }

  /** A socket has come or gone. The last one to go is always reported. */
  note(sockets: number, now: number): void {
    const { name } = this.ctx.id;
    const isDue = now - this.reportedAt >= EVERY_MS || sockets === 0;
    if (name === undefined || sockets === this.reported || !isDue) return;
    this.reported = sockets;
    this.reportedAt = now;
    this.ctx.waitUntil(
      directoryOf(this.env)
        .noteGateway(name, sockets)
        .catch(() => undefined),
    );
  }
}

/**
 * The workflow instance that carries a deployment's run out: begun, notified of news, and looked after, because an instance
 * may sleep through the end of its runtime and stay so until an event reaches it.
 */
import { instanceNameOf } from "../../domain/run/operation-names.ts";
import { NEWS, type OrchestrationParams } from "../../domain/run/run-calls.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";

/**
 * Silence after which an instance is nudged, in milliseconds: longer than it waits for news and between two tries, as
 * whoever is nudged all the time never comes to doubt. One that does not answer is nudged again sooner.
 */
const NUDGE_MS = 100_000;
const NUDGE_AGAIN_MS = 15_000;

/** An instance that so many nudges did not wake is given up for another one. */
const MAX_NUDGES = 3;

export class OrchestrationInstance {
  /** When the instance was heard or notified, in unix milliseconds; 0 after a restart: it may need waking at once. */
  private seenAt = 0;
  private nudges = 0;
  /** Whether it was notified that there is news since it last asked. */
  private isNotified = false;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }

  /** Begins an instance; one that is there already stays the one. */
  begin(address: DeploymentAddress, params: OrchestrationParams): void {
    this.seenAt = Date.now();
    this.nudges = 0;
    this.isNotified = false;
    const id = instanceNameOf(address, params.run, params.generation);
    this.ctx.waitUntil(
      this.env.ORCHESTRATIONS.create({ id, params }).then(
        () => undefined,
        // It may be there, or the platform away: the next nudge finds out.
        (error: unknown) => this.note("Orchestration not started", id, error),
      ),
    );
  }

  /** The instance is at work. */
  heard(): void {
    this.seenAt = Date.now();
    this.nudges = 0;
  }

  /** The instance has asked what to do next: it knows all news. */
  asked(): void {
    this.heard();
    this.isNotified = false;
  }

  /** Something has changed that the instance may act upon. */
  tell(address: DeploymentAddress, { run, generation }: OrchestrationParams): void {
    if (this.isNotified) return;
    this.isNotified = true;
    const id = instanceNameOf(address, run, generation);
    this.ctx.waitUntil(
      this.env.ORCHESTRATIONS.get(id)
        .then((instance) => instance.sendEvent({ type: NEWS, payload: {} }))
        .catch((error: unknown) => {
          this.isNotified = false;
          this.note("Orchestration not notified", id, error);
        }),
    );
  }

  nextIn(now: number): number {
    return Math.max(0, this.seenAt + (this.nudges > 0 ? NUDGE_AGAIN_MS : NUDGE_MS) - now);
  }

  /** Wakes an instance that was silent for long. False: there is none that could be woken, and another has to be begun. */
  async nudge(
    address: DeploymentAddress,
    { run, generation }: OrchestrationParams,
    now: number,
  ): Promise<boolean> {
    // The run was kept, and the power went before anything else was done.
    if (generation === 0) return false;
    if (this.nextIn(now) > 0) return true;
    this.seenAt = now;
    this.nudges += 1;
    const id = instanceNameOf(address, run, generation);
    try {
      const instance = await this.env.ORCHESTRATIONS.get(id);
      const { status } = await instance.status();
      if (status === "errored" || status === "terminated" || status === "complete") return false;
      if (this.nudges > MAX_NUDGES) {
        await instance.terminate().catch(() => undefined);
        return false;
      }
      await instance.sendEvent({ type: NEWS, payload: {} });
      return true;
    } catch (error) {
      this.note("Orchestration not woken", id, error);
      // Unknown, or out of reach: the first try may have come before the instance was there.
      return this.nudges < 2;
    }
  }

  private note(message: string, instance: string, error: unknown): void {
    logLine("warn", message, { instance, error: String(error) });
  }
}

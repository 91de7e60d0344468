/**
 * Knows which trackers are active, and wakes them each minute: alarms have been lost before, and a tracker without
 * its alarm would stay silent for ever. https://github.com/cloudflare/cloudflare-docs/issues/18324
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../settings.ts";

/** There is one directory. */
export const DIRECTORY_NAME = "directory";

/** Trackers woken at the same time. */
const CONCURRENCY = 20;

export class Directory extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS active (channel TEXT PRIMARY KEY) WITHOUT ROWID");
  }

  /** Notes an active tracker; again does no harm. */
  async enrol(channel: string): Promise<void> {
    this.ctx.storage.sql.exec("INSERT INTO active (channel) VALUES (?) ON CONFLICT DO NOTHING", channel);
  }

  async withdraw(channel: string): Promise<void> {
    this.ctx.storage.sql.exec("DELETE FROM active WHERE channel = ?", channel);
  }

  /** Channels of the active trackers. */
  async active(): Promise<readonly string[]> {
    return this.ctx.storage.sql
      .exec<{ channel: string }>("SELECT channel FROM active ORDER BY channel")
      .toArray()
      .map(({ channel }) => channel);
  }

  /** Wakes every active tracker; those that have nothing to do any more are struck off. */
  async sweep(): Promise<void> {
    const channels = [...(await this.active())];
    while (channels.length > 0)
      await Promise.all(channels.splice(0, CONCURRENCY).map((channel) => this.wake(channel)));
  }

  private async wake(channel: string): Promise<void> {
    try {
      const tracker = this.env.STACKS.get(this.env.STACKS.idFromName(channel));
      if (!(await tracker.wake())) await this.withdraw(channel);
    } catch (error) {
      // The next sweep tries again.
      console.error(
        JSON.stringify({ level: "error", message: "Tracker not woken", channel, error: String(error) }),
      );
    }
  }
}

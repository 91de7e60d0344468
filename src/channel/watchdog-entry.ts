/** An object's entry in the directory of active objects, so that the watchdog can wake it if its alarm is lost. */
import type { Env } from "../env.ts";
import { call, directoryOf } from "../objects.ts";
import { tellCounts } from "./own/own-counts.ts";
import { tellUnreadable } from "./unreadable-rows.ts";

export class WatchdogEntry {
  /** Undefined after a wake-up: the directory knows, and telling it twice does no harm. */
  private isActive: boolean | undefined;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
    tellUnreadable(ctx, env);
  }

  /** Says whether the object is active. A message that is lost is sent again with the next call, or by the sweep. */
  say(active: boolean): void {
    tellUnreadable(this.ctx, this.env);
    tellCounts(this.ctx, this.env, Date.now());
    if (this.isActive === active) return;
    this.isActive = active;
    const name = this.ctx.id.name ?? "";
    const reported = call(
      () => directoryOf(this.env),
      (directory) => (active ? directory.enrol(name) : directory.withdraw(name)),
    );
    this.ctx.waitUntil(reported.catch(() => void (this.isActive = undefined)));
  }
}

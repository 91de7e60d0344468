/** An object's entry in the directory of active trackers, so that the watchdog can wake it if its alarm is lost. */
import type { Env } from "../../env.ts";
import { tellUnreadable } from "../../channel/unreadable-rows.ts";
import { call, directoryOf } from "../../objects.ts";

export class Enrolment {
  /** Undefined after a wake-up: the directory knows, and telling it twice does no harm. */
  private enrolled: boolean | undefined;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly channel: string;

  constructor(ctx: DurableObjectState, env: Env, channel: string) {
    this.ctx = ctx;
    this.env = env;
    this.channel = channel;
    tellUnreadable(ctx, env);
  }

  /** Says whether the object is active. A message that is lost is sent again with the next call, or by the sweep. */
  say(active: boolean): void {
    tellUnreadable(this.ctx, this.env);
    if (this.enrolled === active) return;
    this.enrolled = active;
    const told = call(
      () => directoryOf(this.env),
      (directory) => (active ? directory.enrol(this.channel) : directory.withdraw(this.channel)),
    );
    this.ctx.waitUntil(told.catch(() => void (this.enrolled = undefined)));
  }
}

/**
 * The deletion of a channel with its object: everything that others know of it first, its own storage last. That it has
 * begun is kept, and an alarm stands, so that a deletion which is cut off goes on where every step can be done again.
 */
import { SingleFlight } from "../domain/single-flight.ts";
import { logLine } from "../log.ts";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { Channel } from "./channel.ts";

/** Kept while a deletion is under way. */
const DELETING = "deleting";

/** Until a deletion that was cut off, or could not reach somebody, goes on, in milliseconds. */
const RETRY_MS = 30_000;

const unreached: Failure = {
  code: "UNAVAILABLE",
  message: "The deletion has begun and goes on by itself: something that has to hear of it does not answer",
};

/** What is being deleted takes nothing new. */
export const beingDeleted: Failure = {
  code: "UNAVAILABLE",
  message: "It is being deleted: try again in a moment",
};

type Parts = Readonly<{
  channel: () => Pick<Channel, "name" | "close" | "gateways" | "alarm">;
  /** Has others forget the channel; again does no harm. Throws if somebody is out of reach. */
  elsewhere: () => Promise<void>;
  /** Nothing is stored any more: the object begins again. */
  done: () => void;
}>;

export class Removal {
  private readonly ctx: DurableObjectState;
  private readonly parts: Parts;
  private readonly flight = new SingleFlight<Result<null, Failure>>();
  private begun: boolean;

  constructor(ctx: DurableObjectState, parts: Parts) {
    this.ctx = ctx;
    this.parts = parts;
    this.begun = ctx.storage.kv.get(DELETING) === true;
  }

  /** Whether a deletion has begun and is not done. */
  get isUnderWay(): boolean {
    return this.begun;
  }

  /** Begins the deletion, or goes on with it. */
  run(): Promise<Result<null, Failure>> {
    return this.flight.run(async () => {
      const { elsewhere, done } = this.parts;
      const channel = this.parts.channel();
      const { storage } = this.ctx;
      storage.kv.put(DELETING, true);
      this.begun = true;
      await storage.setAlarm(Date.now() + RETRY_MS);
      try {
        await channel.close();
        channel.alarm.confirm();
        await channel.gateways.dismiss();
        await elsewhere();
      } catch (error) {
        logLine("warn", "Deletion put off", { channel: channel.name, error: String(error) });
        return failed(unreached);
      }
      await storage.deleteAlarm();
      await storage.deleteAll();
      channel.alarm.rest();
      this.begun = false;
      done();
      logLine("info", "Deleted", { channel: channel.name });
      return success(null);
    });
  }
}

import { DurableObject } from "cloudflare:workers";
import { failed, type Result } from "../protocol/result.ts";
import type { Failure } from "../protocol/failure.ts";
import type { StackEvents, StackSummary, Tracking } from "../protocol/stack-summary.ts";
import type { Env } from "../settings.ts";

const unfinished: Failure = { code: "INTERNAL", message: "The tracker is not built yet" };

export class StackTracker extends DurableObject<Env> {
  async summary(): Promise<Result<StackSummary, Failure>> {
    return failed(unfinished);
  }
  async eventsAfter(_after: number, _limit: number): Promise<Result<StackEvents, Failure>> {
    return failed(unfinished);
  }
  async track(_subject: string): Promise<Result<Tracking, Failure>> {
    return failed(unfinished);
  }
  async untrack(): Promise<Result<Tracking, Failure>> {
    return failed(unfinished);
  }
}

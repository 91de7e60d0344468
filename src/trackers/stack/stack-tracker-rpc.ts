/** What the object of a stack can be asked. What each call does stands with its implementation, `StackTracker`. */
import type { CanvasDeployed, CanvasChange } from "../../protocol/deployment/canvas-deploy.ts";
import type { Estimates } from "../../protocol/estimates.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { ChannelOwner } from "../../protocol/rpc/channel-owner.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import type { ResourceDetails, StackDetails } from "../../protocol/stack/stack-details.ts";
import type { StackEvents, StackSummary, Tracking } from "../../protocol/stack/stack-summary.ts";

/** Whether the operation that was seen is followed, and the stack's own status as its events have it. */
export type Sighting = Readonly<{ tracking: boolean; status?: string }>;

/** The newest events as AWS has reported them, a page in XML. */
export type SharedEvents = Readonly<{ xml: string; ageMs: number }>;

export interface StackTrackerRpc extends ChannelOwner, KeptObject {
  summary(subject?: string): Promise<Result<StackSummary, Failure>>;
  details(): Promise<Result<StackDetails, Failure>>;
  resource(path: string): Promise<Result<ResourceDetails, Failure>>;
  eventsAfter(after: number, limit: number, subject?: string): Promise<Result<StackEvents, Failure>>;
  estimates(): Promise<Result<Estimates, Failure>>;
  deploy(change: CanvasChange, subject: string): Promise<Result<CanvasDeployed, Failure>>;
  track(subject: string): Promise<Result<Tracking, Failure>>;
  untrack(): Promise<Result<Tracking, Failure>>;
  sight(stackId: string): Promise<Sighting>;
  nudge(follows: boolean, inMs?: number): Promise<void>;
  follow(subject: string, token?: string): Promise<void>;
  sharedEvents(stack: string, maxAgeMs: number): Promise<SharedEvents | undefined>;
  registeredBy(): Promise<readonly string[]>;
  feed(request: FeedRequest): Promise<StackStanding>;
  release(deployment: string): Promise<void>;
  handOnAgain(farEnd: FarEnd): Promise<TriedAgain>;
  retain(cutoff: string): Promise<boolean>;
  remove(): Promise<Result<null, Failure>>;
  wake(): Promise<boolean>;
}

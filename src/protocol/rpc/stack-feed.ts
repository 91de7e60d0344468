/**
 * What a deployment and the trackers of its stacks say to each other. A tracker hands on the events of its log in order,
 * with their position, until they are acknowledged: a lost call costs time and never an event.
 */
import type { Sampling } from "../connection/sampling-frame.ts";
import type { LostSight } from "../deployment/deployment-progress.ts";
import type { FailureCode } from "../failure.ts";

/** A deployment wants the events of a stack; said again with every change, and after every doubt. */
export type FeedRequest = Readonly<{
  /** The deployment's channel. */
  deployment: string;
  /** The stack's name within the deployment. */
  stack: string;
  /** The deployment's run: another one waits again. */
  run?: number;
  /** ISO 8601: attempts that were running then or began later count. Absent: only what the stack tells from now on. */
  since?: string;
  /** An attempt under one of these client request tokens counts as well. */
  tokens?: readonly string[];
  /** How far the deployment has taken the stack's events; absent: `since` and `tokens` tell where it begins. */
  after?: FeedPosition;
  /** The whole of its attempt is to be reported again, whatever was reported before. */
  anew?: boolean;
  /** Its dependencies are finished: it may begin at any moment, and is missed if it does not. */
  eager: boolean;
  /** It is about to be changed on the deployment's behalf. */
  begun?: boolean;
  /** The deployment's run is over: the stack's next operation begins another. */
  resting?: boolean;
  /** Rules put the stack into the deployment, nobody registered it there. */
  grouped?: boolean;
  /** The deployment has viewers. */
  watched?: boolean;
  /** See `RPC_VERSION`. */
  version?: number;
}>;

/** A place in a stack's channel. */
export type FeedPosition = Readonly<{ epoch: string; offset: number }>;

/** How a stack stands for a deployment that wants its events. */
export type StackStanding = Readonly<{
  /** Events after this are handed on. */
  position: FeedPosition;
  /** Its own newest status, and AWS's time of it; absent as long as AWS has not shown the stack. */
  status?: string;
  since?: string;
  /** It does nothing by itself, and all that it has reported has been handed on. */
  isIdle: boolean;
  /** Why AWS lets nobody see it, where that is reported, and since when. */
  trouble?: LostSight;
}>;

/** Frames of a stack's channel that follow what was handed on before. */
export type FeedDelivery = Readonly<{
  stack: string;
  /** Of the stack's channel. */
  epoch: string;
  /** Offset of the first frame. */
  from: number;
  frames: readonly string[];
  /** Why nothing more is to be expected of the stack, if that is so. */
  trouble?: Readonly<{ code: FailureCode; message: string }>;
  /** How often the stack is looked at, if that has changed. */
  sampling?: Sampling;
  /** See `RPC_VERSION`. */
  version?: number;
}>;

/**
 * How far the deployment has taken them; it wants no more once its stack is finished. `later`: it cannot tell yet whether
 * they are of its own doing, and is to be given them again. `watched`: it has viewers.
 */
export type FeedReceipt = Readonly<{ offset: number; wanted: boolean; later?: boolean; watched?: boolean }>;

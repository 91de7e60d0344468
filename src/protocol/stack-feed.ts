/**
 * What a deployment and the trackers of its stacks say to each other. A tracker hands on the events of its log in order,
 * with their position, until they are acknowledged: a lost call costs time and never an event.
 */
import type { FailureCode } from "./failure.ts";

/** A deployment wants the events of a stack; said again with every change, and after every doubt. */
export type FeedRequest = Readonly<{
  /** The deployment's channel. */
  deployment: string;
  /** The stack's name within the deployment. */
  stack: string;
  /** ISO 8601: attempts that were running then or began later count. Absent: only what the stack tells from now on. */
  since?: string;
  /** Its dependencies are finished: it may begin at any moment, and is missed if it does not. */
  eager: boolean;
  /** It is about to be changed on the deployment's behalf. */
  begun?: boolean;
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
}>;

/**
 * How far the deployment has taken them; it wants no more once its stack is finished. `later`: it cannot tell yet whether
 * they are of its own doing, and is to be given them again.
 */
export type FeedReceipt = Readonly<{ offset: number; wanted: boolean; later?: boolean }>;

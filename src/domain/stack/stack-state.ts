/**
 * All that is known of a stack's newest attempt. Everything in it follows from the stack's events; what can be
 * computed from the rest is not kept. Entries are replaced, never changed in place.
 */
import type { Estimate } from "../../protocol/estimate.ts";
import type { LightKind } from "../../protocol/light.ts";
import type { Cause, phases } from "../../protocol/stack/stack-frames.ts";
import type { CauseEvidence } from "../evidence/cause-evidence.ts";
import type { ReasonSign } from "../estimate/advice.ts";
import type { BegunResource } from "./resources/resource-entry.ts";
import type { HookReport, ReasonHint } from "./stack-event.ts";
import { isAtRest, type OperationKind, type StatusStanding } from "./statuses.ts";
import type { Cursor } from "./operation/unseen.ts";

export type Phase = (typeof phases)[number];

/** What a stack's newest own event said. The status is empty before the first one. */
export type OwnStatus = Readonly<{
  status: string;
  statusAt: string;
  operationId?: string | undefined;
  clientRequestToken?: string | undefined;
  kind: OperationKind;
  phase: Phase;
  /** AWS's time of the event that began the phase. */
  phaseAt: string;
}>;

/** One own event of a stack, as much of it as decides anything. */
export type OwnMark = Readonly<{
  /** Its place in AWS's list. */
  rank: number;
  status: string;
  timestamp: string;
  reason: string;
  hint?: ReasonHint;
  sign?: ReasonSign;
  operationId?: string;
  clientRequestToken?: string;
}>;

/** A stack whose events are read: the root, or one nested in it at any depth. */
export type FollowedStack = OwnStatus &
  Readonly<{
    stackId: string;
    name: string;
    /** Logical ids of the nested stacks from the root down, each followed by a slash; empty for the root. */
    prefix: string;
    cursor: Cursor;
    /** Places in AWS's list of the events in the cursor. */
    ranks?: readonly number[];
    /** The stack's own events of this attempt, in AWS's order: what it is doing follows from them. */
    marks?: readonly OwnMark[];
    /** How it stood before its marks, where a former release kept none. */
    base?: OwnStatus;
    /** Nested only: polls that read it since its parent said that it rests. */
    readsAtRest?: number;
    /** Nested only: whether its parent said something of it that has not been followed up by a reading. */
    due: boolean;
    /** Nested only: whether its parent's newest event says that it is running. */
    parentRunning: boolean;
    /** Types of the resources that this operation is to touch, by logical id. */
    planned: Readonly<Record<string, string>>;
    /** By logical id what each of them depends on, where its template tells. */
    dependencies?: Readonly<Record<string, readonly string[]>>;
    /** By logical id the seconds after which its template gives it up. */
    timeouts?: Readonly<Record<string, number>>;
  }>;

export type StackAttempt = Readonly<{
  /** AWS's time of the stack's own start event. */
  startedAt: string;
  /** Offset of the attempt's first event in the channel. */
  firstOffset: number;
  /** Percent reached in this phase. */
  progress: number;
  /** How much longer it takes, as of `estimatedAt`. */
  estimate?: Estimate;
  /** AWS's time of the newest event that the estimate knows of. */
  estimatedAt?: string;
  /** Why it fails: the first failure that is not the consequence of another, else what the stack itself says. */
  cause?: Cause;
  /** What keeps its rollback from succeeding. */
  rollbackCause?: Cause;
  /** What was found out about its cause. */
  evidence?: CauseEvidence;
  /** Of an attempt that a former release began: what it had found out before the stack's history was kept. */
  inherited?: Readonly<{ cause?: Cause; orphans: boolean }>;
  /** Written by a former release only. */
  ownFailure?: Cause;
  /** Written by a former release only. */
  orphans?: boolean;
  /** Polls that saw events of a next operation whose start AWS has not shown yet; absent: there are none. */
  heldPolls?: number;
  /** Polls since the stack came to rest, spent waiting for late events and for DescribeStacks to agree. */
  settlingPolls: number;
  /** Reported by `stack_complete`, once. */
  outputs?: Readonly<Record<string, string>>;
  /** Outputs that are not kept for want of room. */
  outputsOmitted?: number;
}>;

/** What one event reported a resource. */
export type StackFact = Readonly<{
  /** Its place in AWS's list. */
  rank: number;
  status: string;
  timestamp: string;
  type: string;
  physicalId: string;
  reason: string;
  hint?: ReasonHint;
  sign?: ReasonSign;
  hook?: HookReport;
  hookInvocationId?: string;
}>;

export type TrackedResource = BegunResource &
  Readonly<{
    /** Where it stands within the change; absent if the change did not touch it. */
    forward?: StatusStanding;
    /** Where it stands within the rollback. */
    undo?: StatusStanding;
    /** What happened to it, in AWS's order; all else follows from it. Absent: a former release kept none. */
    history?: readonly StackFact[];
    /** Whether the deletion of the instance that was replaced was reported to take long. */
    cleaningLight?: LightKind;
    /** How it stood before its history, where a former release kept none. */
    base?: BegunResource & Readonly<{ forward?: StatusStanding; undo?: StatusStanding }>;
  }>;

export type StackState = Readonly<{
  /** ARN of the tracked stack; absent until AWS has shown it. */
  rootId?: string;
  attempt?: StackAttempt;
  followed: ReadonlyMap<string, FollowedStack>;
  /** By `resourceKeyOf`. */
  resources: ReadonlyMap<string, TrackedResource>;
}>;

export const EMPTY_STATE: StackState = { followed: new Map(), resources: new Map() };

/** A resource is one of its own stack: nested stacks may use a logical id again. */
export const resourceKeyOf = (stackId: string, logicalId: string): string => `${stackId} ${logicalId}`;

/** The tracked stack itself, once AWS has shown it. */
export const rootOf = (state: StackState): FollowedStack | undefined =>
  state.rootId === undefined ? undefined : state.followed.get(state.rootId);

/** Whether the newest attempt has ended and was reported to have. */
export const isComplete = (state: StackState): boolean => state.attempt?.outputs !== undefined;

/** Whether a next operation shows itself, of which AWS has yet to show the start: it is looked for. */
export const isHolding = (state: StackState): boolean => state.attempt?.heldPolls !== undefined;

/** AWS's time since which the stack is deleted, once that was reported; undefined: it is there, or was never seen. */
export const goneSince = (state: StackState): string | undefined => {
  const root = rootOf(state);
  return root?.status === "DELETE_COMPLETE" && isComplete(state) ? root.statusAt : undefined;
};

/**
 * Whether the newest attempt belongs to whoever waits for what runs at AWS's time `since` or begins later, or under one of
 * the client request tokens. One that rests since before then does not, though its end may still have to be reported.
 */
export const isPartOf = (
  state: StackState,
  since: string | undefined,
  tokens: readonly string[] = [],
): boolean => {
  const root = rootOf(state);
  const { attempt } = state;
  if (!root || !attempt) return false;
  if (root.clientRequestToken !== undefined && tokens.includes(root.clientRequestToken)) return true;
  if (since === undefined) return false;
  const isOver = isComplete(state) || (isAtRest(root.status) && root.statusAt < since);
  return !isOver || attempt.startedAt >= since;
};

/** When a stack is to be looked at next. Polling costs money and AWS's patience: no reason to poll, no poll. */
import type { StackState } from "./stack-state.ts";
import { isComplete, isHolding, rootOf } from "./stack-state.ts";
import { REVIEW_STATUS } from "./statuses.ts";
import type { LookClass } from "../budget/shares.ts";
import { natureOf } from "../failure/aws-failures.ts";
import { POLLS_UNTIL_LOST, type Trouble } from "../failure/trouble.ts";

/** Slowest poll of a running stack that is throttled or out of contact, in milliseconds. */
const SLOWEST = 30_000;

/** Poll period of what may not begin for a long time, in milliseconds. */
const WAITING = 10_000;

/** Poll period of a stack at rest, and of one that a deployment expects some time, in milliseconds. */
const PATIENT = 30_000;

/** How long a missing stack, or one whose change set was just made, is looked for at the full rate, in milliseconds. */
const EAGER = 60_000;

/** Polling goes on this long after the last viewer left, in milliseconds. */
const LINGER_MS = 60_000;

/** Polls of a running stack in the time after which a name that AWS has never shown is looked up again. */
const POLLS_OF_UNSEEN = 10;

/** How often names are looked up for viewers that AWS has never shown, in milliseconds. */
export const unseenPeriodMs = (intervalMs: number): number =>
  Math.max(intervalMs, Math.min(PATIENT, POLLS_OF_UNSEEN * intervalMs));

/** Who wants to know of the stack. Times in unix milliseconds. */
export type Interest = Readonly<{
  viewers: number;
  /** When the last viewer left, if none is there. */
  leftAt?: number;
  /** When somebody registered, `POST …/track`. */
  trackedAt?: number;
  /**
   * A deployment waits for the stack. `eager`: what it depends on is finished, so that it may begin at any moment;
   * `begun`: something was set going in it, which is seen as soon as it shows; `patient`: it may begin some time, also
   * the next run of a deployment that has ended.
   */
  awaited?: "begun" | "eager" | "patient";
  /** A deployment of the stack has viewers. */
  isShown?: boolean;
}>;

/** Whether anybody wants to know now, and not only some time. */
export const isWanted = ({ viewers, leftAt, trackedAt, awaited }: Interest, now: number): boolean =>
  viewers > 0 ||
  trackedAt !== undefined ||
  awaited === "begun" ||
  awaited === "eager" ||
  (leftAt !== undefined && now - leftAt < LINGER_MS);

/** Whether only viewers want to know: nobody who may deploy has asked for it. */
export const isOnlyWatched = ({ trackedAt, awaited }: Interest): boolean =>
  trackedAt === undefined && awaited === undefined;

/** What a look at the stack is for, which decides who comes first where AWS allows few calls. */
export const lookClassOf = (state: StackState, { viewers, awaited, isShown }: Interest): LookClass => {
  if (awaited === "begun") return "operating";
  if (rootOf(state) === undefined || (isComplete(state) && !isHolding(state))) return "waiting";
  if (viewers > 0 || isShown) return "watched";
  return state.attempt?.cause ? "failing" : "running";
};

/**
 * How old, in milliseconds, a list of all stacks may be that serves instead of a look of its own, for a stack that rests or
 * is waited for; undefined: none may. Who has just begun to wait, or has begun something, has the stack itself looked at.
 */
export const sweepAgeMs = (
  state: StackState,
  { awaited, trackedAt, viewers }: Interest,
  trouble: Trouble | undefined,
  now: number,
): number | undefined => {
  if (awaited === "begun" || isHolding(state)) return undefined;
  // Whoever has its page open sees its next operation by a look of its own.
  if (isComplete(state)) return viewers > 0 ? undefined : PATIENT;
  const isWaitedFor = awaited !== undefined || trackedAt !== undefined;
  if (rootOf(state) !== undefined || trouble?.kind !== "missing" || !isWaitedFor) return undefined;
  if (awaited === "patient") return PATIENT;
  return now - trouble.since < EAGER ? undefined : WAITING;
};

/** Milliseconds until the next poll, where AWS allows it; undefined: none. `intervalMs` is the poll period. */
export const nextPollIn = (
  state: StackState,
  interest: Interest,
  trouble: Trouble | undefined,
  { intervalMs, waitMs, now }: Readonly<{ intervalMs: number; waitMs: number; now: number }>,
): number | undefined => {
  // There is nothing to miss of a stack that AWS has never shown: a wrong name is not looked for after its viewer left.
  const isUnseen = trouble?.kind === "missing" && rootOf(state) === undefined;
  const wanted = isWanted(isUnseen ? { ...interest, leftAt: -Infinity } : interest, now);
  const { awaited, viewers } = interest;
  const slowly = Math.max(intervalMs, PATIENT);
  const patiently = awaited === undefined ? undefined : slowly;
  // Of a stack at rest the next operation is noticed, as long as anybody would hear of it.
  if (isComplete(state) && awaited !== "begun" && !isHolding(state))
    return viewers > 0 && !trouble?.gaveUp ? restingIn(trouble, slowly, { intervalMs, now }) : patiently;
  if (trouble?.kind === "missing" && !wanted) return patiently;
  if (!wanted && awaited === undefined) return undefined;
  // Who waits for it decides how long: each deployment began to wait at a time of its own.
  if (trouble?.gaveUp) return patiently;
  if (isUnseen && isOnlyWatched(interest)) return unseenPeriodMs(intervalMs);
  if (trouble) return retryIn(trouble, intervalMs, now);
  const root = rootOf(state);
  if (root?.status !== REVIEW_STATUS || awaited === "begun") return intervalMs;
  return reviewedIn(interest, now - Date.parse(root.statusAt), { intervalMs, waitMs, now });
};

/** A look that failed is soon repeated, for an operation may just have begun; one that fails for long is not urgent. */
const restingIn = (
  trouble: Trouble | undefined,
  slowly: number,
  { intervalMs, now }: Readonly<{ intervalMs: number; now: number }>,
): number => {
  const failedBriefly = trouble && trouble.polls < POLLS_UNTIL_LOST && trouble.kind !== "missing";
  return failedBriefly ? retryIn(trouble, intervalMs, now) : slowly;
};

/**
 * Who makes a change set mostly executes it within seconds, and may leave it to others to do so within days: without
 * viewers and deployments that is waited for as for a missing stack.
 */
const reviewedIn = (
  { viewers, awaited, trackedAt }: Interest,
  ageMs: number,
  { intervalMs, waitMs, now }: Readonly<{ intervalMs: number; waitMs: number; now: number }>,
): number | undefined => {
  const isWaitedFor = viewers > 0 || awaited !== undefined;
  if (!isWaitedFor && trackedAt !== undefined && now - trackedAt >= waitMs) return undefined;
  if (ageMs < EAGER) return intervalMs;
  if (ageMs < waitMs) return Math.max(intervalMs, WAITING);
  return isWaitedFor ? Math.max(intervalMs, PATIENT) : undefined;
};

const retryIn = (trouble: Trouble, intervalMs: number, now: number): number => {
  const slowest = Math.max(intervalMs, SLOWEST);
  switch (natureOf(trouble.kind)) {
    case "missing":
      return now - trouble.since < EAGER ? intervalMs : Math.max(intervalMs, WAITING);
    case "rate":
      // The budget of the account and region slows all down who ask there.
      return intervalMs;
    case "refused":
      return Math.min(Math.max(intervalMs, WAITING), intervalMs * 2 ** Math.min(trouble.polls, 10));
    case "away":
      return trouble.told ? Math.min(slowest, intervalMs * 2 ** Math.min(trouble.polls - 2, 10)) : intervalMs;
  }
};

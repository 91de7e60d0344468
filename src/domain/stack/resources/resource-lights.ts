/**
 * Which resources take longer than usual, or so long that they will hardly end well: each with when it fails by itself, what is
 * rolled back then, and what to look at. What was reported of stands at the resource, so that nothing is reported twice.
 */
import type { Light, LightKind } from "../../../protocol/light.ts";
import { adviceForWaiting, adviceOf, type ReasonSign } from "../../estimate/advice.ts";
import { quantileOf, type Durations, type Verb } from "../../estimate/durations.ts";
import type { Placed } from "../../estimate/outlook.ts";
import type { WorkItem } from "../../estimate/work-order.ts";
import { STACK_TYPE } from "../stack-event.ts";
import {
  resourceKeyOf,
  rootOf,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../stack-state.ts";
import { isUnderWay, REVIEW_STATUS } from "../statuses.ts";
import { failsAfter, stuckAfter } from "../../estimate/patience.ts";
import { placeOfResource, rollbackOf } from "./stack-outlook.ts";

/** A resource of which something is to be reported. `isCleaning`: it is about the instance that was replaced. */
export type Lit = Readonly<{ key: string; resource: TrackedResource; light: Light; isCleaning: boolean }>;

/** AWS shows what has ended some seconds later: what is over its time by so little may be done. */
const SHOWN_LATE_SECONDS = 10;

/** CloudFormation gives everything up before: what began earlier carries the times of another day. */
const LONGEST_SECONDS = 40 * 3600;

type DurationsOf = (task: WorkItem) => Durations;

type Running = Placed & Readonly<{ since: number }>;

const isRunning = (place: Placed | undefined): place is Running => place?.since !== undefined;

/** What AWS's newest reason that means anything says of what runs since then. */
const signSince = ({ history = [] }: TrackedResource, since: number): ReasonSign | undefined =>
  history.findLast(({ sign, timestamp }) => sign !== undefined && Date.parse(timestamp) >= since)?.sign;

/** The nested stacks around a stack as resources of their parents, from within. */
const around = ({ followed, resources }: Pick<StackState, "followed" | "resources">, stackId: string) => {
  const found: Readonly<{ resource: TrackedResource; parent: FollowedStack }>[] = [];
  const byPrefix = new Map([...followed.values()].map((stack) => [stack.prefix, stack]));
  const path = (followed.get(stackId)?.prefix ?? "").split("/").slice(0, -1);
  while (path.length > 0) {
    const id = path.pop()!;
    const parent = byPrefix.get(path.map((part) => `${part}/`).join(""));
    const resource = parent && resources.get(resourceKeyOf(parent.stackId, id));
    if (resource) found.push({ resource, parent });
  }
  return found;
};

/** When it fails by itself, in milliseconds of the epoch: by its own time-out, or by that of a stack around it. */
const deadlineOf = (state: StackState, place: Running, declared: number | undefined): number | undefined => {
  const own = failsAfter(place, declared);
  const outer = around(state, place.stackId).flatMap(({ resource, parent }) => {
    const seconds = parent.timeouts?.[resource.logicalId];
    return seconds !== undefined && resource.status === "CREATE_IN_PROGRESS"
      ? Date.parse(resource.since ?? resource.startedAt) + seconds * 1000
      : [];
  });
  const all = [...(own === undefined ? [] : [place.since + own * 1000]), ...outer];
  return all.length === 0 ? undefined : Math.min(...all);
};

const reportedOf = (resource: TrackedResource, isCleaning: boolean): LightKind | undefined =>
  isCleaning ? resource.cleaningLight : resource.light?.kind;

const rounded = (durations: Durations, level: number): number =>
  Math.round(quantileOf(durations, level) * 10) / 10;

/** Whether the resource itself shows what runs, and not an instance of it that was replaced. */
const isShownRunning = ({ status }: TrackedResource, verb: Verb): boolean =>
  status.endsWith("_IN_PROGRESS") && (verb !== "delete" || status.startsWith("DELETE_"));

type Stacks = Pick<StackState, "followed"> & Readonly<{ root: FollowedStack }>;

/** What runs, and after how many seconds what is to be reported of it; undefined: nothing more is. */
const watchedOf = (resource: TrackedResource, { root, followed }: Stacks, durationsOf: DurationsOf) => {
  // A nested stack takes what its own resources take.
  if (resource.type === STACK_TYPE || (resource.light?.kind ?? resource.cleaningLight) === "stuck")
    return undefined;
  const place = placeOfResource(resource, root);
  if (!isRunning(place)) return undefined;
  const durations = durationsOf(place);
  const typicalSeconds = { p50: rounded(durations, 0.5), p90: rounded(durations, 0.9) };
  const declared = followed.get(place.stackId)?.timeouts?.[place.id];
  const sign = signSince(resource, place.since);
  const stuckAfterSeconds = stuckAfter(place, { declared, durations, sign });
  const isCleaning = !isShownRunning(resource, place.verb);
  const isSlowReported = durations.basis === "pace" || reportedOf(resource, isCleaning) !== undefined;
  const slowAfterSeconds = isSlowReported ? undefined : typicalSeconds.p90 + SHOWN_LATE_SECONDS;
  return { place, typicalSeconds, declared, sign, isCleaning, slowAfterSeconds, stuckAfterSeconds };
};

/** No time is reported to less than a second. */
const ROUNDED_SECONDS = 1;

/** When the first of these is due, in milliseconds of the epoch. */
const firstOf = (since: number, ...seconds: readonly (number | undefined)[]): number =>
  Math.min(
    ...seconds.map((after) =>
      after === undefined ? Infinity : since + (Math.max(after, SHOWN_LATE_SECONDS) - ROUNDED_SECONDS) * 1000,
    ),
  );

/** When something may be to be reported of a resource that takes long, in milliseconds of the epoch; Infinity: never. */
export const nextLightAt = (resource: TrackedResource, stacks: Stacks, durationsOf: DurationsOf): number => {
  const watched = watchedOf(resource, stacks, durationsOf);
  return watched
    ? firstOf(watched.place.since, watched.slowAfterSeconds, watched.stuckAfterSeconds)
    : Infinity;
};

/**
 * What is to be reported at a time, in milliseconds of the epoch: first that it is slow, then that it is stuck; and when to ask
 * again, if nothing else happens.
 */
export const lightsDue = (
  state: StackState,
  durationsOf: DurationsOf,
  now: number,
): Readonly<{ due: readonly Lit[]; nextAt: number }> => {
  const root = rootOf(state);
  if (!root || !isUnderWay(root) || root.status === REVIEW_STATUS) return { due: [], nextAt: -Infinity };
  let rollback: Light["rollback"] | "unknown" = "unknown";
  const due: Lit[] = [];
  let nextAt = Infinity;
  for (const [key, resource] of state.resources) {
    const watched = watchedOf(resource, { root, followed: state.followed }, durationsOf);
    if (!watched) continue;
    const { place, typicalSeconds, declared, sign, isCleaning, slowAfterSeconds, stuckAfterSeconds } =
      watched;
    const elapsedSeconds = Math.round((now - place.since) / 1000);
    if (elapsedSeconds > LONGEST_SECONDS) continue;
    const isOver = (seconds: number | undefined): boolean =>
      seconds !== undefined && elapsedSeconds >= Math.max(seconds, SHOWN_LATE_SECONDS);
    const [isSlow, isStuck] = [isOver(slowAfterSeconds), isOver(stuckAfterSeconds)];
    if (!isStuck)
      nextAt = Math.min(
        nextAt,
        firstOf(place.since, isSlow ? undefined : slowAfterSeconds, stuckAfterSeconds),
      );
    if (!isSlow && !isStuck) continue;
    if (rollback === "unknown") rollback = rollbackOf(state, durationsOf, now);
    const failsAt = deadlineOf(state, place, declared);
    const awaitsSignals = declared !== undefined;
    const code = adviceForWaiting({ ...place, phase: root.phase, sign, awaitsSignals });
    const facts = {
      at: new Date(now).toISOString(),
      elapsedSeconds,
      typicalSeconds,
      ...(stuckAfterSeconds !== undefined && { stuckAfterSeconds: Math.round(stuckAfterSeconds) }),
      ...(failsAt !== undefined && { failsAt: new Date(failsAt).toISOString() }),
      ...(rollback && { rollback }),
    };
    const advice = code && { advice: adviceOf(code) };
    if (isSlow) due.push({ key, resource, isCleaning, light: { kind: "slow", ...facts, ...advice } });
    const anyAdvice = advice ?? { advice: adviceOf("no_progress") };
    if (isStuck) due.push({ key, resource, isCleaning, light: { kind: "stuck", ...facts, ...anyAdvice } });
  }
  return { due, nextAt };
};

/** The resource once it was reported. */
export const litResource = ({ resource, light, isCleaning }: Lit): TrackedResource =>
  isCleaning ? { ...resource, cleaningLight: light.kind } : { ...resource, light };

/**
 * How much longer a deployment takes: the longest way through what its stacks still need, each after those that it waits for.
 * Absent rather than wrong: without anything to go by there is no number.
 */
import type { Estimate } from "../../protocol/estimate.ts";
import { secondsBetween } from "../elapsed.ts";
import {
  blockedAmong,
  hasEnded,
  isClearedAway,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "../deployment/deployment-state.ts";
import { goesByLayers, heldBackBy, MAX_IN_FLIGHT, type Direction } from "../deployment/run-order.ts";
import { estimateOf } from "./estimate.ts";
import {
  byPace,
  inSequence,
  longerOf,
  medianOf,
  needOf,
  resourceSecondsIn,
  usualNeedOf,
  type Need,
} from "./stack-need.ts";

/** How much longer the run takes; undefined: nothing is known. */
export const estimateOfDeployment = (state: DeploymentState, now: string): Estimate | undefined => {
  if (state.run === 0 || hasEnded(state)) return undefined;
  const need = remaining(state, now);
  if (!need) return undefined;
  const basis = need.basis === "overdue" ? "pace" : need.basis;
  const rollbackSeconds = wayBackOf(state);
  return { ...estimateOf({ ...need, basis }, Date.parse(now)), ...(rollbackSeconds && { rollbackSeconds }) };
};

/** How long the way back takes if a stack fails now, one in flight or the next to begin; undefined: nobody knows. */
const wayBackOf = (state: DeploymentState): Estimate["rollbackSeconds"] => {
  if (state.status !== "deploying") return undefined;
  const stacks = [...state.stacks.values()];
  const inFlight = stacks.filter(isInFlight);
  const [own] = inFlight
    .flatMap(({ estimate }) => estimate?.rollbackSeconds ?? [])
    .sort((one, other) => other.p50 - one.p50);
  if ((!own && inFlight.length > 0) || state.onFailure !== "rollback") return own;
  // Those that are done are rolled back after it.
  const needs = new Map<string, Need>();
  for (const stack of stacks) {
    if (stack.status !== "deployed") continue;
    const need = usualNeedOf(stack, "delete");
    if (!need) return undefined;
    needs.set(stack.name, need);
  }
  const rest = through(state, needs, "down")?.span;
  if (!rest) return own;
  const { p50, p90 } = own ?? { p50: 0, p90: 0 };
  return { p50: Math.round(p50 + rest.p50), p90: Math.round(p90 + rest.p50 + rest.spread) };
};

/** Whole seconds until the run ends, more likely than not; undefined: nothing is known, or it is overdue. */
export const estimatedTimeRemaining = (state: DeploymentState, now: string): number | undefined =>
  estimateOfDeployment(state, now)?.remainingSeconds?.p50;

const remaining = (state: DeploymentState, now: string): Need | undefined => {
  const { status } = state;
  if (status === "initializing" || status === "validating" || status === "deploying")
    return onTheWayUp(state, now) ?? announced(state, now);
  const all = status === "destroying" ? onTheWayDown(state, now) : undefined;
  return all ?? underway(state, now);
};

/** What is left of the time that was announced; a run that has taken longer makes it void. */
const announced = (
  { estimatedDuration = 0, startTime, stacks }: DeploymentState,
  now: string,
): Need | undefined => {
  for (const { rollingBack } of stacks.values()) if (rollingBack) return undefined;
  const rest = estimatedDuration - secondsBetween(startTime, now);
  return rest > 0 ? byPace(rest) : undefined;
};

const isInFlight = ({ status }: StackNode): boolean => status === "deploying" || status === "deleting";

/** On the way back nobody knows what is still to begin: what is under way is the least of it. */
const underway = (state: DeploymentState, now: string): Need | undefined => {
  const running = [...state.stacks.values()].filter(isInFlight);
  const layers = new Set(running.map(({ layer }) => layer));
  const isLast = state.status !== "cancelling" && Math.min(...layers) > 1;
  if (isLast || running.length === 0) return undefined;
  const needs = running.map((stack) => (stack.estimate ? needOf(stack, new Map(), now) : undefined));
  return needs.reduce<Need | undefined>((longest, need) => need && longerOf(longest, need), undefined);
};

const onTheWayUp = (state: DeploymentState, now: string): Need | undefined => {
  const stacks = [...state.stacks.values()];
  if (stacks.length < state.announcedStacks) return undefined;
  const typical = resourceSecondsIn(stacks);
  const blocked = blockedAmong(state.stacks);
  const whole = medianOf(
    stacks
      .filter(({ status }) => status === "deployed")
      .map(({ startTime, endTime }) => secondsBetween(startTime ?? "", endTime ?? "")),
  );
  const needs = new Map<string, Need>();
  for (const stack of stacks) {
    if (isSettled(state, stack) || blocked.has(stack.name)) continue;
    const isToCome = stack.status === "pending" || isClearedAway(state, stack);
    const toCome = usualNeedOf(stack, "deploy") ?? (whole === undefined ? undefined : byPace(whole));
    const need = isToCome ? toCome : needOf(stack, typical, now);
    if (need === undefined) return undefined;
    needs.set(stack.name, need);
  }
  return through(state, needs, "up");
};

/** Undefined: of one of them nobody knows how long its deletion takes. */
const onTheWayDown = (state: DeploymentState, now: string): Need | undefined => {
  const blocked = blockedAmong(state.stacks);
  const needs = new Map<string, Need>();
  for (const stack of state.stacks.values()) {
    if (isSettled(state, stack) || blocked.has(stack.name)) continue;
    const need = isInFlight(stack) ? needOf(stack, new Map(), now) : usualNeedOf(stack, "delete");
    if (need === undefined) return undefined;
    needs.set(stack.name, need);
  }
  return through(state, needs, "down");
};

/** Stacks wait for those that they depend on, at any distance, or for the layers before. */
const through = (
  { stacks, order, mode }: DeploymentState,
  needs: ReadonlyMap<string, Need>,
  direction: Direction,
): Need | undefined => {
  const longest = goesByLayers(order, stacks.values())
    ? layerByLayer(stacks, needs)
    : alongDependencies(stacks, needs, direction);
  if (mode !== "deploy" || !longest?.span || needs.size <= MAX_IN_FLIGHT) return longest;
  // More than are in flight at the same time wait for a place.
  const sum = [...needs.values()].reduce((seconds, { span }) => seconds + (span?.p50 ?? 0), 0);
  const p50 = Math.max(longest.span.p50, sum / MAX_IN_FLIGHT);
  return { ...longest, span: { ...longest.span, p50 } };
};

const layerByLayer = (
  stacks: DeploymentState["stacks"],
  needs: ReadonlyMap<string, Need>,
): Need | undefined => {
  const byLayer = new Map<number, Need>();
  for (const [name, need] of needs) {
    const { layer } = stacks.get(name)!;
    byLayer.set(layer, longerOf(byLayer.get(layer), need));
  }
  return inSequence([...byLayer.values()]);
};

const alongDependencies = (
  stacks: DeploymentState["stacks"],
  needs: ReadonlyMap<string, Need>,
  direction: Direction,
): Need | undefined => {
  // Whom one waits for are those that hold it back in the other direction.
  const waitsFor = heldBackBy(stacks, direction === "up" ? "down" : "up");
  const ends = new Map<string, Need | undefined>();
  const endOf = (name: string): Need | undefined => {
    if (ends.has(name)) return ends.get(name);
    const own = needs.get(name);
    // Dependencies that are reported may go in cycles.
    ends.set(name, own);
    const stack = stacks.get(name);
    if (!stack || (own && isInFlight(stack))) return own;
    let before: Need | undefined;
    for (const other of waitsFor(name)) {
      const end = endOf(other);
      if (end) before = longerOf(before, end);
    }
    const end = own && before ? inSequence([before, own]) : (own ?? before);
    ends.set(name, end);
    return end;
  };
  let longest: Need | undefined;
  for (const name of needs.keys()) {
    const end = endOf(name);
    if (end) longest = longerOf(longest, end);
  }
  return longest;
};

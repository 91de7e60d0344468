/**
 * A deployment that something else deploys, followed from run to run: what is expected of each stack, which operation
 * begins the next run, and what a stack that rests means to the run that waits for it.
 */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type { StackStanding } from "../../protocol/rpc/stack-feed.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { beginningAfter, momentAfter } from "../run/moment.ts";
import { outcomeOf } from "../stack/operation/outcomes.ts";
import { REVIEW_STATUS } from "../stack/statuses.ts";
import { ended } from "./derived-events.ts";
import { totalLayersOf } from "./totals/counts.ts";
import { hasEnded, isBlocked, isSettled, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { translated, type Belonging } from "./stack-translation.ts";

/**
 * `eager`: it may begin at any moment, and is missed if it does not; `patient`: it may begin some time; `resting`: the run
 * is over, and what begins next begins another; `released`: nothing.
 */
export type Expectation = "eager" | "patient" | "resting" | "released";

/** What is expected of a stack now. `isFollowed`: whether another run follows one that is over. */
export const expectationOf = (state: DeploymentState, stack: StackNode, isFollowed: boolean): Expectation => {
  if (hasEnded(state)) return isFollowed ? "resting" : "released";
  // It may be changed after all.
  if (stack.status === "skipped") return "patient";
  if (isSettled(state, stack) || isBlocked(stack, state.stacks)) return "released";
  const isFree = stack.dependsOn.every((name) => {
    const dependency = state.stacks.get(name);
    return dependency === undefined || isSettled(state, dependency);
  });
  return isFree || stack.status !== "pending" ? "eager" : "patient";
};

/** Seconds of silence after which a run does not wait any more for stacks that rest, where nothing else is asked for. */
export const DEFAULT_QUIET_SECONDS = 60;

/** Whether a stack's frame shows that an operation begins, or a paused one goes on, which begins a run. */
export const beginsRun = (frame: StackFrame, belonging: Belonging): boolean => {
  const type = translated(frame, belonging)?.type;
  if (type === "stack_deploying") return true;
  // What rested after the run: a paused stack is rolled back.
  if (type === "stack_rolling_back") return frame.type === "resource_update" && !frame.resource.superseded;
  // A change set of a new stack that is thrown away has changed nothing.
  return (
    type === "stack_deleting" &&
    frame.type === "resource_update" &&
    frame.resource.previousStatus !== REVIEW_STATUS
  );
};

/** What a run's first frame tells: of a paused stack that is rolled back, that the deployment is at work on it. */
export const beginningOf = (frame: StackFrame, belonging: Belonging): DeploymentEvent[] => {
  const event = translated(frame, belonging);
  if (event?.type !== "stack_rolling_back") return [];
  const data = { ...belonging, totalResources: frame.stack.totalResources };
  return [{ type: "stack_deploying", timestamp: event.timestamp, data }];
};

/**
 * The beginning of the run after one that is over: with the same stacks and layers, by nobody that is known. `beginning`: the
 * stack that begins it.
 */
export const nextRunOf = (
  state: DeploymentState,
  timestamp: string,
  beginning?: string,
): DeploymentEventOf<"deployment_started"> => {
  // A stack of a group that was deleted is no more of it, unless it comes again.
  const stacks = [...state.stacks.values()].filter(
    ({ name, status }) => !state.grouped || status !== "deleted" || name === beginning,
  );
  return {
    type: "deployment_started",
    timestamp: beginningAfter(state, timestamp),
    data: {
      deploymentId: state.deploymentId,
      environment: state.environment,
      totalStacks: stacks.length,
      totalLayers: totalLayersOf(state),
      run: state.run + 1,
      mode: "track",
      ...(state.grouped && { grouped: true }),
      ...(state.owner !== undefined && { owner: state.owner }),
      stacks: stacks.map(({ name, layer, dependsOn, stackName, account, region }) => ({
        name,
        layer,
        dependsOn: [...dependsOn],
        ...(stackName !== undefined && { stackName }),
        ...(account !== undefined && { account }),
        ...(region !== undefined && { region }),
      })),
    },
  };
};

/** The end of a group's run: all of its stacks have rested for so long that no other seems to follow. None: it goes on. */
export const endOfGroup = (
  state: DeploymentState,
  { now, heardAt, quietMs }: Pick<Quiet, "now" | "heardAt" | "quietMs">,
): readonly DeploymentEvent[] => {
  if (!state.grouped || hasEnded(state) || now - heardAt < quietMs) return [];
  const stacks = [...state.stacks.values()];
  if (!stacks.some(({ startTime }) => startTime !== undefined)) return [];
  const end = ended(state, new Date(now).toISOString());
  if (!end || !stacks.every(({ status }) => status === "deleted")) return end ? [end] : [];
  const { timestamp } = end;
  const data = { deploymentId: state.deploymentId, environment: state.environment };
  return [
    { type: "deployment_destroying", timestamp, data },
    { type: "deployment_destroyed", timestamp, data },
  ];
};

/** A stack's answer to the run that waits for it. */
export type Answer = Readonly<{
  stack: string;
  expectation: Expectation;
  standing: StackStanding;
  /** It was asked for the first time in this run. */
  isFirst: boolean;
  /** Unix milliseconds since which what is expected is expected. */
  expectedSince: number;
}>;

type Quiet = Readonly<{
  /** Unix milliseconds. */
  now: number;
  /** When the run last heard of a stack's beginning or end. */
  heardAt: number;
  /** Silence after which nothing more is expected of stacks that rest. */
  quietMs: number;
  /** For how long a stack is waited for that does not begin. */
  waitMs: number;
}>;

/** What follows from the answers of stacks that rest while the run waits for them. */
export const eventsOfRest = (
  state: DeploymentState,
  answers: readonly Answer[],
  quiet: Quiet,
): DeploymentEvent[] => {
  const timestamp = momentAfter(state, new Date(quiet.now).toISOString());
  // Whoever deploys is at work: a stack that rests may be the next.
  const isAtWork = answers.some(({ standing: { status, isIdle } }) => status !== undefined && !isIdle);
  return answers.flatMap((answer) => {
    const { standing, stack, expectation } = answer;
    const { status, since = "" } = standing;
    const isAwaited = expectation === "eager" && state.stacks.get(stack)?.status === "pending";
    if (!isAwaited || !standing.isIdle || status === undefined) return [];
    const data = { deploymentId: state.deploymentId, environment: state.environment, stack };
    const skipped = (what: string): DeploymentEvent => ({
      type: "stack_skipped",
      timestamp,
      data: { ...data, reason: `${what}: ${status} since ${since}` },
    });
    if (isUpToDate(status) && !isAtWork && isUntouched(state, answer)) return [skipped("It is up to date")];
    // Of a group only those count that do something.
    if (isSound(status) || state.grouped)
      return isQuiet(state, answer, quiet) ? [skipped("It was not changed")] : [];
    if (status === "DELETE_COMPLETE" || quiet.now - answer.expectedSince < quiet.waitMs) return [];
    const message = `The stack is in ${status} since ${since}, and no operation was started`;
    return [{ type: "stack_failed", timestamp, data: { ...data, error: { code: status, message } } }];
  });
};

/** By the status alone: what was meant to come of it is no matter here. */
const restOf = (status: string) => outcomeOf({ kind: "unknown", status, orphans: false });

const isUpToDate = (status: string): boolean => restOf(status) === "deployed";

/** Whether the stack can do its work and be changed, whatever became of its last operation. */
const isSound = (status: string): boolean =>
  isUpToDate(status) || (status !== "ROLLBACK_COMPLETE" && restOf(status) === "rolled_back");

/** Whether the stack was up to date before anybody did anything in the run that a user has begun. */
const isUntouched = (state: DeploymentState, { isFirst }: Answer): boolean =>
  state.user !== undefined &&
  (isFirst || [...state.stacks.values()].every(({ status }) => status === "pending" || status === "skipped"));

/** Whether no stack is under way, and none has begun for so long that whoever deploys seems to be done. */
const isQuiet = (
  state: DeploymentState,
  { expectedSince }: Answer,
  { now, heardAt, quietMs, waitMs }: Quiet,
): boolean => {
  // What is deleted one after the other takes its time in between.
  const silence = state.status === "destroying" ? waitMs : quietMs;
  return (
    now - Math.max(heardAt, expectedSince) >= silence &&
    ![...state.stacks.values()].some(({ status }) => status === "deploying" || status === "deleting")
  );
};

/** A deployment's state as it is shown: the seeds' DeploymentProgress and StackProgress, computed when asked for. */
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { blastOf, firstFailed } from "./blast.ts";
import { stackTotalsOf, totalLayersOf } from "./totals/counts.ts";
import {
  hasEnded,
  isFailing,
  type DeploymentState,
  type ResourceNode,
  type StackNode,
} from "./deployment-state.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import { estimateAt } from "../estimate/estimate.ts";
import { leavingsOf, retainedOf } from "./leavings.ts";
import { percentOfStack } from "./totals/percent.ts";
import { resourceCountsOf } from "./totals/resource-counts.ts";
import { isUnderway } from "./resource-node.ts";
import { secondsBetween } from "../elapsed.ts";

/** The resource that was begun last and is not done. */
const currentOf = ({ resources }: StackNode): ResourceNode | undefined =>
  [...resources.values()]
    .filter(isUnderway)
    .reduce<ResourceNode | undefined>(
      (newest, node) => (newest && newest.startTime > node.startTime ? newest : node),
      undefined,
    );

/** Most resources that take long which a stack's progress names. */
const MOST_LIGHTS = 20;

const lightsOf = ({ resources }: StackNode): NonNullable<StackProgress["lights"]> =>
  [...resources.values()]
    .flatMap(({ type, name, id, light }) => (light ? [{ ...light, resource: { type, name, id } }] : []))
    .slice(0, MOST_LIGHTS);

/** What of a stack's progress does not change with the moment, nor with what other stacks do. */
const stillPartOf = (stack: StackNode) => {
  const retained = retainedOf(stack);
  const isRunning = stack.status === "deploying" || stack.status === "deleting";
  const current = isRunning ? currentOf(stack) : undefined;
  const lights = lightsOf(stack);
  return {
    name: stack.name,
    stack: stack.name,
    status: stack.status,
    layer: stack.layer,
    dependsOn: [...stack.dependsOn],
    ...(stack.startTime !== undefined && { startTime: stack.startTime }),
    ...(stack.endTime !== undefined && { endTime: stack.endTime }),
    progressPercent: percentOfStack(stack),
    ...(current && { currentResource: current.type }),
    resources: {
      ...resourceCountsOf(stack),
      ...(current && { current: `${current.type} (${current.name})` }),
    },
    logs: [...stack.logs],
    ...(stack.error && { error: stack.error }),
    ...(stack.cause && isFailing(stack) && { cause: stack.cause }),
    ...(stack.rollingBack && { rollingBack: true }),
    ...stack.ending,
    ...(retained.length > 0 && { retained }),
    ...(lights.length > 0 && { lights }),
    ...(stack.outputs && { outputs: { ...stack.outputs } }),
    ...(stack.outputsOmitted !== undefined && { outputsOmitted: stack.outputsOmitted }),
    ...(stack.stackName !== undefined && { stackName: stack.stackName }),
    ...(stack.account !== undefined && { account: stack.account }),
    ...(stack.region !== undefined && { region: stack.region }),
  };
};

type StillPart = ReturnType<typeof stillPartOf>;

/** Nodes are replaced by each event of their stack: of many stacks few are counted again. */
const stillParts = new WeakMap<StackNode, StillPart>();

const knownPartOf = (stack: StackNode): StillPart => {
  const known = stillParts.get(stack);
  if (known) return known;
  const part = stillPartOf(stack);
  stillParts.set(stack, part);
  return part;
};

/** One stack; `now` counts as its end while it runs. */
export const stackProgressOf = (state: DeploymentState, stack: StackNode, now: string): StackProgress => {
  const { deploymentId, environment } = state;
  // What was still under way when the run was said to be over is not followed any further.
  const end = stack.endTime ?? state.endTime ?? now;
  const { estimate } = stack;
  return {
    ...knownPartOf(stack),
    ...(estimate && end === now && { estimate: estimateAt(estimate, Date.parse(now)) }),
    deploymentId,
    environment,
    ...(stack.startTime !== undefined && { durationSeconds: secondsBetween(stack.startTime, end) }),
  };
};

/** Tells how much longer a run takes. */
export type EstimateOf = (state: DeploymentState, now: string) => Estimate | undefined;

/** The whole; durations are as of `now` while the run lasts. */
export const progressShown = (
  state: DeploymentState,
  now: string,
  estimateOf: EstimateOf | undefined,
): DeploymentProgress => {
  const stacks = [...state.stacks.values()];
  const running = hasEnded(state)
    ? undefined
    : stacks.find(({ status }) => status === "deploying" || status === "deleting");
  const currentLayer = Math.max(0, ...state.layers.keys());
  const first = firstFailed(state);
  const blast = blastOf(state);
  return {
    deploymentId: state.deploymentId,
    environment: state.environment,
    run: state.run,
    mode: state.mode,
    ...(state.owner !== undefined && { owner: state.owner }),
    ...(state.user !== undefined && { user: state.user }),
    ...(state.source && { source: state.source }),
    ...(state.order && { order: state.order }),
    ...(state.queued && { queued: state.queued }),
    status: state.status,
    startTime: state.startTime,
    ...(state.endTime !== undefined && { endTime: state.endTime }),
    ...(currentLayer > 0 && { currentLayer }),
    totalLayers: totalLayersOf(state),
    ...(running && { currentStack: running.name }),
    summary: stackTotalsOf(state),
    stacks: Object.fromEntries(stacks.map((stack) => [stack.name, stackProgressOf(state, stack, now)])),
    metrics: metricsOf(state, now, estimateOf),
    ...(first?.cause && { cause: first.cause }),
    ...(first?.ending?.rollbackCause && { rollbackCause: first.ending.rollbackCause }),
    ...(blast && { blast }),
    ...(state.willRollBack && { willRollBack: true }),
    ...leavingsOf(state),
  };
};

const metricsOf = (
  state: DeploymentState,
  now: string,
  estimateOf: EstimateOf | undefined,
): DeploymentProgress["metrics"] => {
  const stacks = [...state.stacks.values()];
  const end = state.endTime ?? now;
  const durationSeconds = state.startTime === "" ? 0 : secondsBetween(state.startTime, end);
  const stackSeconds = stacks
    .filter((stack) => stack.startTime !== undefined)
    .reduce((sum, { startTime = "", endTime = end }) => sum + secondsBetween(startTime, endTime), 0);
  const estimate = estimateOf?.(state, now);
  const estimated = estimate?.remainingSeconds?.p50;
  let finished = 0;
  let failed = 0;
  for (const stack of stacks) {
    const { resources } = knownPartOf(stack);
    finished += resources.created;
    failed += resources.failed;
  }
  return {
    durationSeconds,
    ...(estimated !== undefined && { estimatedTimeRemaining: estimated }),
    ...(estimate && { estimate }),
    resourcesCreated: finished,
    resourcesFailed: failed,
    throughput: durationSeconds === 0 ? 0 : round((60 * finished) / durationSeconds),
    efficiency: durationSeconds === 0 ? 0 : round(stackSeconds / durationSeconds),
  };
};

const round = (value: number): number => Math.round(value * 100) / 100;

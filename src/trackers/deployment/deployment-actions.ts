/**
 * What users ask of a deployment, judged by where it stands: to be deployed, deployed on, rolled back, cancelled or
 * destroyed. What is taken up is reported and handed to the orchestration; of two that ask at once, one hears who runs.
 */
import { hasEnded } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentPlan } from "../../domain/run/run-calls.ts";
import { doneAfter } from "../../domain/run/done.ts";
import { beginningAfter, momentAfter } from "../../domain/run/moment.ts";
import { skippedIn } from "../../domain/run/rollback-blockers.ts";
import type { Orchestration } from "../../domain/run/task.ts";
import { DEPLOYMENT_TRANSITIONS } from "../../domain/deployment/transitions.ts";
import type { DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type {
  DeploymentAction,
  Registration,
  RollbackRequest,
} from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";
import { notBlocking, noPlan, uncovered, underway, unfit } from "../run/action-refusals.ts";
import { deploymentPlanOf } from "../run/deployment-plan.ts";
import type { NewRun } from "../run/run-store.ts";
import { layeringFailureOf, startOf, type Beginning } from "./registration.ts";

/** Begins a run, the first one or a new one after the end of the one before. `channels`: what the user's token covers. */
export const register = async (
  deployment: DeploymentChannel,
  registration: Registration,
  user: string,
  channels?: Session["channels"],
): Promise<Result<null, Failure>> => {
  const { store, settings, run, queue } = deployment;
  const isUnderway = store.state.run > 0 && !hasEnded(store.state);
  if (isUnderway && !registration.queue) return failed(underway(deployment.store.state));
  if (registration.mode !== "deploy") {
    const begun = await begin(deployment, registration, user, registration);
    return begun.ok ? success(null) : begun;
  }
  const known = run.plans.plan;
  const isAgain = registration.stacks.length === 0;
  if (isAgain && !known) return failed(noPlan);
  const given = isAgain ? undefined : deploymentPlanOf(registration, settings.aws.region);
  const plan: DeploymentPlan = {
    ...(given?.plan ?? known!),
    ...(registration.onFailure !== undefined && { onFailure: registration.onFailure }),
    ...(registration.order !== undefined && { order: registration.order }),
    ...(registration.owner !== undefined && { owner: registration.owner }),
  };
  const forbidden = uncovered(plan, channels);
  if (forbidden) return failed(forbidden);
  const { source, deploymentId, environment } = registration;
  if (isUnderway) {
    const doubt = layeringFailureOf(plan.stacks);
    if (doubt) return failed(doubt);
    const id = crypto.randomUUID().slice(0, 8);
    const hasTemplates = given !== undefined;
    const queued = { id, user, plan, hasTemplates, ...(source && { source }) };
    await queue.add({ deploymentId, environment }, queued, given?.templates ?? new Map());
    return success(null);
  }
  const aim = aimOf(plan);
  return carryOut(deployment, {
    address: registration,
    user,
    source,
    plan,
    templates: given?.templates,
    aim,
  });
};

const aimOf = ({ onFailure }: DeploymentPlan) =>
  ({ purpose: "deploy", onFailure, validated: false, done: [] }) as const;

/** Begins the deploy that waits, once nothing is under way any more; one that cannot begin says why. */
export const beginQueued = async (deployment: DeploymentChannel): Promise<void> => {
  const { queue, run } = deployment;
  const { address } = deployment.store;
  const { due } = queue;
  if (!address || queue.nextIn() === undefined) return;
  if (!due) {
    const error = { code: "INTERNAL", message: "Its plan could not be read: deploy again" };
    await queue.drop(address, { reason: "refused", error });
    return;
  }
  const { id, user, plan, source, hasTemplates } = due;
  const templates = hasTemplates ? run.plans.queuedTemplates : undefined;
  const begun = await carryOut(deployment, {
    address,
    user,
    source,
    plan,
    templates,
    aim: aimOf(plan),
    waited: id,
  });
  if (begun.ok) return;
  const { code, message } = begun.failure;
  await queue.drop(address, { reason: "refused", error: { code, message } });
};

/** Does one of the actions. `channels`: what the user's token covers; whoever sees a deployment may cancel it. */
export const actOnDeployment = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  action: DeploymentAction | "dequeue",
  user: string,
  channels?: Session["channels"],
  { skipResources }: RollbackRequest = {},
): Promise<Result<null, Failure>> => {
  const { state } = deployment.store;
  const plan = deployment.run.plans.plan;
  if (action === "dequeue") return dequeue(deployment, address, user);
  if (state.mode === "track" && action === "cancel") return unfollow(deployment, address, user);
  if (state.mode !== "deploy" && action !== "destroy")
    return failed(unfit(action, `Stackcast does not run this deployment: its mode is ${state.mode}`));
  if (!plan) return failed(noPlan);
  const forbidden = action === "cancel" ? undefined : uncovered(plan, channels);
  if (forbidden) return failed(forbidden);
  switch (action) {
    case "cancel":
      return cancel(deployment, address, user);
    case "rollback":
      return rollBack(deployment, address, user, skipResources);
    case "retry":
      return retry(deployment, address, user, plan);
    case "destroy":
      if (!hasEnded(state)) return failed(underway(deployment.store.state));
      return carryOut(deployment, {
        address,
        user,
        plan,
        aim: { purpose: "destroy", onFailure: "stop", validated: true, done: [] },
      });
  }
};

/** Cancels the deploy that waits, and nothing else. */
const dequeue = async (
  { queue }: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
): Promise<Result<null, Failure>> => {
  const by = user !== "" && { by: user };
  return (await queue.drop(address, { reason: "cancelled", ...by }))
    ? success(null)
    : failed(unfit("cancel", "no deploy is waiting"));
};

const CANCELLABLE: ReadonlySet<DeploymentStatus> = new Set(DEPLOYMENT_TRANSITIONS.deployment_cancelling.from);
const REVERSIBLE: ReadonlySet<DeploymentStatus> = new Set(
  DEPLOYMENT_TRANSITIONS.deployment_rolling_back.from,
);

/** Ends the following of what something else deploys, which goes on; it is followed again once it is registered again. */
const unfollow = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
): Promise<Result<null, Failure>> => {
  await deployment.queue.drop(address, { reason: "cancelled", ...(user !== "" && { by: user }) });
  const { state } = deployment.store;
  deployment.following.stop();
  const timestamp = momentAfter(state, new Date().toISOString());
  const data = { ...address, ...(user !== "" && { user }) };
  if (hasEnded(state)) await deployment.channel.alarm.ensure();
  else await deployment.commits.tell(address, [{ type: "deployment_cancelled", timestamp, data }]);
  return success(null);
};

const cancel = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
): Promise<Result<null, Failure>> => {
  const { state } = deployment.store;
  // Whoever cancels does not want the next one to begin at once.
  const isDropped = await deployment.queue.drop(address, {
    reason: "cancelled",
    ...(user !== "" && { by: user }),
  });
  if (state.status === "cancelling" || (isDropped && hasEnded(state))) return success(null);
  if (!CANCELLABLE.has(state.status)) {
    if (!hasEnded(state)) return failed(underway(deployment.store.state));
    return failed(unfit("cancel", `nothing is in progress: run ${state.run} is ${state.status}`));
  }
  const timestamp = momentAfter(state, new Date().toISOString());
  await deployment.commits.tell(address, [
    { type: "deployment_cancelling", timestamp, data: { ...address, ...(user !== "" && { user }) } },
  ]);
  deployment.controller.news();
  return success(null);
};

const rollBack = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
  skipResources: readonly string[] = [],
): Promise<Result<null, Failure>> => {
  const { run, controller } = deployment;
  const { state } = run;
  const before = run.plans.orchestration;
  const { skipped, strange, blockers } = skippedIn(state, skipResources);
  if (strange.length > 0) return failed(notBlocking(strange, blockers));
  if (state.status === "rolling_back")
    return skipResources.length === 0
      ? success(null)
      : failed(unfit("rollback", "it is in progress: choose what to skip when it has ended"));
  if (!REVERSIBLE.has(state.status)) {
    if (!hasEnded(state)) return failed(underway(deployment.store.state));
    const why = `run ${state.run} is ${state.status}, and cannot be rolled back: deploy another plan, or destroy`;
    return failed(unfit("rollback", why));
  }
  if (before?.purpose !== "deploy" || run.plans.marks.size === 0)
    return failed(unfit("rollback", `run ${state.run} has changed nothing that could be rolled back`));
  const timestamp = momentAfter(state, new Date().toISOString());
  const wasOver = hasEnded(state);
  // Before it is reported: with the names of the time before, a run that the power cuts off here would wait for ever.
  const next = run.keepRollback(before, wasOver, skipped);
  await deployment.commits.tell(address, [
    { type: "deployment_rolling_back", timestamp, data: { ...address, ...(user !== "" && { user }) } },
  ]);
  if (wasOver) controller.replace(next);
  else controller.news();
  await deployment.channel.alarm.ensure();
  return success(null);
};

const retry = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
  plan: DeploymentPlan,
): Promise<Result<null, Failure>> => {
  const { state, plans } = deployment.run;
  if (!hasEnded(state)) return failed(underway(deployment.store.state));
  if (state.status === "deployed" || state.status === "destroyed")
    return failed(unfit("retry", `run ${state.run} is ${state.status}: there is nothing to retry`));
  const before = plans.orchestration;
  const purpose = before?.purpose ?? "deploy";
  const aim = {
    purpose,
    onFailure: plan.onFailure,
    validated: purpose === "destroy",
    ...(purpose === "deploy" ? doneAfter(state, before) : { done: [] }),
  };
  return carryOut(deployment, { address, user, plan, aim, goesOn: true });
};

/** A run that Stackcast is to carry out. */
type Undertaking = Pick<NewRun, "plan" | "templates"> &
  Readonly<{
    address: DeploymentAddress;
    user: string;
    source?: Registration["source"] | undefined;
    /** The id under which it waited. */
    waited?: string;
    aim: Omit<Orchestration, "generation" | "run">;
    goesOn?: boolean;
  }>;

/** Begins a run that Stackcast carries out: what is kept of it is its plan. */
const carryOut = async (
  deployment: DeploymentChannel,
  { address, user, source, plan, templates, aim, waited, goesOn = false }: Undertaking,
): Promise<Result<null, Failure>> => {
  const { run, controller, queue } = deployment;
  const { deploymentId, environment } = address;
  // Whoever deploys at the moment at which another one was to begin is the newer one.
  if (aim.purpose === "deploy" && waited === undefined && queue.due)
    await queue.drop({ deploymentId, environment }, { reason: "replaced", ...(user !== "" && { by: user }) });
  const orchestration = { run: run.state.run + 1, ...aim };
  const beginning = { deploymentId, environment, mode: "deploy", ...plan, source } as const;
  const begun = await begin(deployment, beginning, user, { queued: waited }, () =>
    run.keepRun({ plan, templates, orchestration, goesOn, hasWaited: waited !== undefined }),
  );
  if (!begun.ok) return begun;
  controller.begin(orchestration);
  await deployment.channel.alarm.ensure();
  return success(null);
};

/** `keep` is called in the same turn in which the run's first event is kept: there is no run without its plan. */
const begin = async (
  deployment: DeploymentChannel,
  beginning: Beginning,
  user: string,
  {
    since,
    quietSeconds,
    queued,
  }: Pick<Registration, "since" | "quietSeconds"> & Readonly<{ queued?: string | undefined }>,
  keep: () => void = () => undefined,
): Promise<Result<null, Failure>> => {
  const { store, settings } = deployment;
  const { deploymentId, environment } = beginning;
  const timestamp = beginningAfter(store.state, new Date().toISOString());
  const run = store.state.run + 1;
  const start = startOf(beginning, { run, user, timestamp, defaultRegion: settings.aws.region, queued });
  if (!start.ok) return start;
  deployment.following.begin(since ?? timestamp, quietSeconds);
  keep();
  await deployment.commits.tell({ deploymentId, environment }, [start.value]);
  return success(null);
};

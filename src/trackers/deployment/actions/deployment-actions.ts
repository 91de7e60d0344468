/**
 * What users ask of a deployment that has begun, judged by where it stands: to be cancelled, rolled back, retried or
 * destroyed. What is taken up is reported and handed to the orchestration; of two that ask at once, one hears who runs.
 */
import { hasEnded } from "../../../domain/deployment/deployment-state.ts";
import type { DeploymentPlan } from "../../../domain/run/run-calls.ts";
import { doneAfter } from "../../../domain/run/done.ts";
import { momentAfter } from "../../../domain/run/moment.ts";
import { skippedIn } from "../../../domain/run/rollback-blockers.ts";
import { DEPLOYMENT_TRANSITIONS } from "../../../domain/deployment/transitions.ts";
import type { DeploymentStatus } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAddress } from "../../../protocol/connection/channel-names.ts";
import type { DeploymentAction, RollbackRequest } from "../../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../../protocol/failure.ts";
import { failed, success, type Result } from "../../../protocol/result.ts";
import type { Session } from "../../../protocol/connection/session.ts";
import type { DeploymentChannel } from "../deployment-channel.ts";
import { notBlocking, noPlan, uncovered, underway, unfit } from "../../run/action-refusals.ts";
import { carryOut } from "./deployment-begin.ts";

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

/**
 * What users ask of a deployment, judged by where it stands: to be deployed, deployed on, rolled back, cancelled or
 * destroyed. What is taken up is told and handed to the orchestration; of two that ask at once, one is told who runs.
 */
import { mayRead } from "../../auth/rights.ts";
import { hasEnded } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentPlan } from "../../domain/run/run-calls.ts";
import { doneAfter } from "../../domain/run/done.ts";
import { beginningAfter, momentAfter } from "../../domain/run/moment.ts";
import type { Orchestration } from "../../domain/run/task.ts";
import { DEPLOYMENT_TRANSITIONS } from "../../domain/deployment/transitions.ts";
import type { DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import { stackChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentAction, Registration } from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";
import { planOf } from "../run/deployment-plan.ts";
import type { NewRun } from "../run/run-store.ts";
import { startOf, type Beginning } from "./registration.ts";

/** Why nothing else can be begun. */
export const underway = ({ store }: DeploymentChannel): Failure => {
  const { run, user = "", startTime } = store.state;
  const by = user === "" ? "" : ` by ${user}`;
  return {
    code: "RUN_UNDERWAY",
    message: `Run ${run} of this deployment is in progress: started${by} at ${startTime}`,
    details: [
      { field: "run", message: String(run) },
      { field: "user", message: user },
      { field: "since", message: startTime },
    ],
  };
};

const unfit = (action: DeploymentAction, why: string): Failure => ({
  code: "INVALID_TRANSITION",
  message: `${action}: ${why}`,
});

const noPlan: Failure = {
  code: "PLAN_NOT_FOUND",
  message: "This deployment has no plan of an earlier run: send its stacks",
};

/** Who may see a deployment may not thereby have something done to the stacks of its last plan. */
const uncovered = ({ stacks }: DeploymentPlan, channels: Session["channels"]): Failure | undefined => {
  const unseen = stacks.find((stack) => !mayRead({ channels }, stackChannelOf(stack)));
  return unseen && { code: "FORBIDDEN", message: `The token does not cover the stack ${unseen.name}` };
};

/** Begins a run, the first one or a new one after the end of the one before. `channels`: what the user's token covers. */
export const register = async (
  deployment: DeploymentChannel,
  registration: Registration,
  user: string,
  channels?: Session["channels"],
): Promise<Result<null, Failure>> => {
  const { store, settings, run } = deployment;
  if (store.state.run > 0 && !hasEnded(store.state)) return failed(underway(deployment));
  if (registration.mode !== "deploy") {
    const begun = await begin(deployment, registration, user, registration);
    return begun.ok ? success(null) : begun;
  }
  const known = run.plans.plan;
  const isAgain = registration.stacks.length === 0;
  if (isAgain && !known) return failed(noPlan);
  const given = isAgain ? undefined : planOf(registration, settings.aws.region);
  const plan: DeploymentPlan = {
    ...(given?.plan ?? known!),
    ...(registration.onFailure !== undefined && { onFailure: registration.onFailure }),
    ...(registration.order !== undefined && { order: registration.order }),
    ...(registration.owner !== undefined && { owner: registration.owner }),
  };
  const forbidden = uncovered(plan, channels);
  if (forbidden) return failed(forbidden);
  const aim = { purpose: "deploy", onFailure: plan.onFailure, validated: false, done: [] } as const;
  const { source } = registration;
  return carryOut(deployment, {
    address: registration,
    user,
    source,
    plan,
    templates: given?.templates,
    aim,
  });
};

/** Does one of the actions. `channels`: what the user's token covers; whoever sees a deployment may cancel it. */
export const act = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  action: DeploymentAction,
  user: string,
  channels?: Session["channels"],
): Promise<Result<null, Failure>> => {
  const { state } = deployment.store;
  const plan = deployment.run.plans.plan;
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
      return rollBack(deployment, address, user);
    case "retry":
      return retry(deployment, address, user, plan);
    case "destroy":
      if (!hasEnded(state)) return failed(underway(deployment));
      return carryOut(deployment, {
        address,
        user,
        plan,
        aim: { purpose: "destroy", onFailure: "stop", validated: true, done: [] },
      });
  }
};

const CANCELLABLE: ReadonlySet<DeploymentStatus> = new Set(DEPLOYMENT_TRANSITIONS.deployment_cancelling.from);
const REVERSIBLE: ReadonlySet<DeploymentStatus> = new Set(
  DEPLOYMENT_TRANSITIONS.deployment_rolling_back.from,
);

/** Ends the following of what something else deploys, which goes on; it is followed again once it is registered anew. */
const unfollow = async (
  deployment: DeploymentChannel,
  address: DeploymentAddress,
  user: string,
): Promise<Result<null, Failure>> => {
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
  if (state.status === "cancelling") return success(null);
  if (!CANCELLABLE.has(state.status)) {
    if (!hasEnded(state)) return failed(underway(deployment));
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
): Promise<Result<null, Failure>> => {
  const { run, controller } = deployment;
  const { state } = run;
  const before = run.plans.orchestration;
  if (state.status === "rolling_back") return success(null);
  if (!REVERSIBLE.has(state.status)) {
    if (!hasEnded(state)) return failed(underway(deployment));
    const why = `run ${state.run} is ${state.status}, and cannot be rolled back: deploy another plan, or destroy`;
    return failed(unfit("rollback", why));
  }
  if (before?.purpose !== "deploy" || run.plans.marks.size === 0)
    return failed(unfit("rollback", `run ${state.run} has changed nothing that could be rolled back`));
  const timestamp = momentAfter(state, new Date().toISOString());
  const wasOver = hasEnded(state);
  // Before it is told: with the names of the time before, a run that the power cuts off here would wait for ever.
  const next = run.keepRollback(before, wasOver);
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
  if (!hasEnded(state)) return failed(underway(deployment));
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
    source?: Registration["source"];
    aim: Omit<Orchestration, "generation" | "run">;
    goesOn?: boolean;
  }>;

/** Begins a run that Stackcast carries out: what is kept of it is its plan. */
const carryOut = async (
  deployment: DeploymentChannel,
  { address, user, source, plan, templates, aim, goesOn = false }: Undertaking,
): Promise<Result<null, Failure>> => {
  const { run, controller } = deployment;
  const { deploymentId, environment } = address;
  const orchestration = { run: run.state.run + 1, ...aim };
  const beginning = { deploymentId, environment, mode: "deploy", ...plan, source } as const;
  const begun = await begin(deployment, beginning, user, {}, () =>
    run.keepRun({ plan, templates, orchestration, goesOn }),
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
  { since, quietSeconds }: Pick<Registration, "since" | "quietSeconds">,
  keep: () => void = () => undefined,
): Promise<Result<null, Failure>> => {
  const { store, settings } = deployment;
  const { deploymentId, environment } = beginning;
  const timestamp = beginningAfter(store.state, new Date().toISOString());
  const run = store.state.run + 1;
  const start = startOf(beginning, { run, user, timestamp, defaultRegion: settings.aws.region });
  if (!start.ok) return start;
  deployment.following.begin(since ?? timestamp, quietSeconds);
  keep();
  await deployment.commits.tell({ deploymentId, environment }, [start.value]);
  return success(null);
};

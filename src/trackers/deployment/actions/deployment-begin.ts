/**
 * Begins a deployment's run: one that something else carries out and that is followed, or one that Stackcast carries out,
 * at once or after the run that is under way.
 */
import { usualStackSeconds } from "../../../domain/estimate/usual-stacks.ts";
import { hasEnded } from "../../../domain/deployment/deployment-state.ts";
import type { DeploymentPlan } from "../../../domain/run/run-calls.ts";
import { beginningAfter } from "../../../domain/run/moment.ts";
import type { Orchestration } from "../../../domain/run/task.ts";
import type { DeploymentAddress } from "../../../protocol/connection/channel-names.ts";
import type { Registration } from "../../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../../protocol/failure.ts";
import { failed, success, type Result } from "../../../protocol/result.ts";
import type { Session } from "../../../protocol/connection/session.ts";
import type { DeploymentChannel } from "../deployment-channel.ts";
import { noPlan, uncovered, underway } from "../../run/action-refusals.ts";
import { deploymentPlanOf } from "../../run/deployment-plan.ts";
import type { NewRun } from "../../run/run-store.ts";
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
export const carryOut = async (
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
  const usual = usualStackSeconds(store.lastRuns());
  const start = startOf(beginning, {
    run,
    user,
    timestamp,
    defaultRegion: settings.aws.region,
    queued,
    usual,
  });
  if (!start.ok) return start;
  deployment.following.begin(since ?? timestamp, quietSeconds);
  keep();
  await deployment.commits.tell({ deploymentId, environment }, [start.value]);
  return success(null);
};

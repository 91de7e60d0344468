/** Asks for a retry, a rollback, a cancellation or a destruction, and follows it to its end. */
import { wordOfStatus } from "../domain/words/status-words.ts";
import type { RestFailure } from "../client/rest-call.ts";
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import type { DeploymentAction, DeploymentAnswer } from "../protocol/deployment/deployment-requests.ts";
import type { Result } from "../protocol/result.ts";
import { interrupted, say, withServerOf } from "./asking.ts";
import type { ActionOptions } from "./commands/actions.ts";
import { complain, complainOf } from "./complaint.ts";
import { EXIT, exitOfDeployment, type ExitCode } from "./arguments/exit-code.ts";
import { outputModeOf, type Output } from "./arguments/output-mode.ts";
import type { RunPosition } from "./following/follow-deployment.ts";
import type { Server } from "./arguments/server.ts";
import type { Surroundings } from "./surroundings.ts";
import { followRun, type FollowingOptions } from "./watching.ts";

type BegunOptions = FollowingOptions & Readonly<{ output: Output; follow: boolean; queue?: boolean }>;

/**
 * Waits for what was asked to begin and follows it, or says that it has begun; `before`: where the deployment stood when
 * it was asked for.
 */
export const followBegun = async (
  asked: Promise<Result<DeploymentAnswer, RestFailure>>,
  address: DeploymentAddress,
  server: Server,
  options: BegunOptions,
  surroundings: Surroundings,
  before?: RunPosition,
): Promise<ExitCode> => {
  const answer = await Promise.race([asked, interrupted(surroundings)]);
  if (answer === "interrupted") {
    const { deploymentId, environment } = address;
    const look = `  check its state   stackcast status ${deploymentId} --environment ${environment}`;
    complain(surroundings, "interrupted before the server answered; the run may have started", look);
    return EXIT.interrupted;
  }
  if (!answer.ok) return complainOf(surroundings, answer.failure);
  const { run, offset, status } = answer.value;
  const queued = options.queue ? answer.value.queued?.id : undefined;
  if (!options.follow) {
    const waits = queued === undefined ? "" : "; the new deploy waits for its end";
    const lines = () => [
      `${address.deploymentId}-${address.environment}, run ${run}: ${wordOfStatus(status)}${waits}`,
    ];
    say(answer.value, { lines }, options.output, surroundings);
    return EXIT.done;
  }
  if (queued !== undefined) {
    complain(surroundings, `run ${run} is in progress: the deploy waits for its end`);
    const rest = { after: { run, offset: Infinity }, queued, isLogged: true };
    return followRun(address, server, options, rest, surroundings);
  }
  // What had ended before, and has not moved since, is only about to.
  const isStale =
    exitOfDeployment(answer.value) !== undefined && run === before?.run && offset === before.offset;
  const after = isStale ? before : undefined;
  return followRun(address, server, options, { after, isLogged: true }, surroundings);
};

/** Whether whoever asks for it has said so; a question that nobody can answer is a no. */
const isMeant = async (
  { deploymentId, environment }: DeploymentAddress,
  { yes, output }: ActionOptions,
  { stdout, stderr, env, readLine, isAsked }: Surroundings,
): Promise<boolean> => {
  if (yes) return true;
  const name = `${deploymentId}-${environment}`;
  if (!isAsked || outputModeOf(output, stdout.isTTY === true, env) !== "tty") {
    complain({ stderr }, `destroying ${name} needs --yes where nobody can be asked`);
    return false;
  }
  stderr.write(`All stacks of ${name} will be deleted. Type ${name} to go on: `);
  if ((await readLine()).trim() === name) return true;
  complain({ stderr }, "nothing was done");
  return false;
};

/** `stackcast retry`, `rollback`, `cancel` and `destroy`. */
export const act = (
  action: DeploymentAction,
  address: DeploymentAddress,
  options: ActionOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server, { deployments }) => {
    if (action === "destroy" && !(await isMeant(address, options, surroundings)))
      return surroundings.interruption.aborted ? EXIT.interrupted : EXIT.usage;
    const before = await Promise.race([deployments.status(address), interrupted(surroundings)]);
    if (before === "interrupted") return EXIT.interrupted;
    if (!before.ok) return complainOf(surroundings, before.failure);
    const standing = before.value.kind === "changed" ? before.value.deployment : undefined;
    if (options.queued) {
      const dropped = await deployments.act(address, "cancel", { queued: true });
      if (!dropped.ok) return complainOf(surroundings, dropped.failure);
      complain(surroundings, "the deploy that waited is cancelled");
      return EXIT.done;
    }
    const skipResources = options.skip?.split(",").map((id) => id.trim());
    const asked = deployments.act(address, action, skipResources && { skipResources });
    return followBegun(asked, address, server, options, surroundings, standing);
  });

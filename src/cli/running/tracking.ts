/** Registers stacks that something else deploys, so that the server follows them. */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { registrationSchema, type Registration } from "../../protocol/deployment/deployment-requests.ts";
import { issuesOf } from "../../protocol/issues.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { pageOf, type Server } from "../arguments/server.ts";
import { interrupted, say, withServerOf } from "../asking.ts";
import type { TrackCommandOptions } from "../commands/track.ts";
import { complain, complainOf } from "../complaint.ts";
import { sourcedStacks, sourcesIn, type SourceOptions } from "../plan/stack-source.ts";
import type { Surroundings } from "../surroundings.ts";
import { followRun } from "../watching.ts";
import { pipelineOf } from "./pipeline.ts";

/** What is asked of the server; the failure is lines for people. */
export const trackingOf = async (
  options: SourceOptions,
  address: DeploymentAddress,
  server: Server,
  surroundings: Surroundings,
): Promise<Result<Registration, readonly string[]>> => {
  const given = sourcesIn(options);
  if (given.length !== 1)
    return failed(["which stacks? Give one of --app, --plan, --stacks and --stack-file"]);
  const sourced = await sourcedStacks(options, address, server, surroundings);
  if (!sourced.ok) return sourced;
  const source = pipelineOf(surroundings.env);
  const checked = registrationSchema.safeParse({
    ...address,
    mode: "track",
    stacks: sourced.value,
    ...(source && { source }),
  });
  if (checked.success) return success(checked.data);
  return failed([
    "these stacks cannot be followed",
    ...issuesOf(checked.error.issues).map(({ path, message }) => {
      const [, index, ...field] = path;
      const name = typeof index === "number" ? (sourced.value[index]?.name ?? "") : "";
      return [name, field.join("."), message].filter((part) => part !== "").join(": ");
    }),
  ]);
};

/** `stackcast track`. */
export const track = (
  address: DeploymentAddress,
  options: TrackCommandOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server, { deployments }) => {
    const registration = await trackingOf(options, address, server, surroundings);
    if (!registration.ok) {
      complain(surroundings, ...registration.failure);
      return EXIT.usage;
    }
    const answer = await Promise.race([deployments.register(registration.value), interrupted(surroundings)]);
    if (answer === "interrupted") return EXIT.interrupted;
    if (!answer.ok) return complainOf(surroundings, answer.failure);
    const link = pageOf(server, address);
    if (options.follow === true) {
      complain(surroundings, `${registration.value.stacks.length} stacks are followed: ${link}`);
      return followRun(address, server, options, {}, surroundings);
    }
    const { run, stacks, totalLayers } = answer.value;
    const name = `${address.deploymentId}-${address.environment}`;
    const lines = () => [
      `${name}, run ${run}: ${Object.keys(stacks).length} stacks in ${totalLayers} layers are followed`,
      `  look   ${link}`,
      `  or     stackcast watch ${address.deploymentId} --environment ${address.environment}`,
    ];
    say(answer.value, { lines }, options.output, surroundings);
    return EXIT.done;
  });

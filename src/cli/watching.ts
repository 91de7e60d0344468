/** Follows a deployment or a stack in the mode that is wanted, and says at the end what there is to say of it. */
import type { Patience } from "../client/connection/connection-state.ts";
import { DeploymentStore } from "../client/deployment-store.ts";
import { restClient, type StackQuery } from "../client/rest.ts";
import { StackStore } from "../client/stack-store.ts";
import {
  inAccount,
  placeTextOf,
  type DeploymentAddress,
  type StackAddress,
} from "../protocol/connection/channel-names.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { complain } from "./complaint.ts";
import { orphanWarning } from "./display/left-behind.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import { exitOfEnding, type FollowingEnd } from "./following/ending.ts";
import { followDeployment, type RunPosition } from "./following/follow-deployment.ts";
import { followStack } from "./following/follow-stack.ts";
import { allOf } from "./following/teller.ts";
import { outputModeOf, type Output } from "./arguments/output-mode.ts";
import { pageOf, serverOf, type Server, type ServerOptions } from "./arguments/server.ts";
import type { Surroundings } from "./surroundings.ts";
import { sinceOf, type Since } from "./telling/json-lines.ts";
import { deploymentTellers, stackTellers } from "./telling/tellers.ts";

/** How something is followed. */
export type FollowingOptions = ServerOptions &
  Readonly<{
    output: Output;
    verbose?: boolean | undefined;
    bar?: boolean | undefined;
    /** Seconds. */
    timeout?: number | undefined;
    /** Fails if something was left behind that was to be deleted. */
    strict?: boolean | undefined;
    /** A folder of its own for the log. */
    logDir?: string | undefined;
  }>;

export type WatchingOptions = FollowingOptions &
  Readonly<{ wait?: boolean | undefined; since?: string | undefined }>;

/** What is asked of following beyond what was said on the command line. */
type Wanted = Readonly<{
  wait?: boolean | undefined;
  after?: RunPosition | undefined;
  /** Id of the deploy that waits to begin. */
  queued?: string | undefined;
  since?: Since | undefined;
  /** Keeps a log file also where no folder was given. */
  isLogged?: boolean;
  patience?: Partial<Patience>;
}>;

/** A store that asks the server where the history does not reach back far enough. */
const storeOf = (server: Server, address: DeploymentAddress): DeploymentStore => {
  const { deployments } = restClient(server);
  return new DeploymentStore({
    ...address,
    status: async () => {
      const answer = await deployments.status(address);
      if (!answer.ok || answer.value.kind !== "changed") return undefined;
      const { deployment } = answer.value;
      return { progress: deployment, offset: deployment.offset };
    },
  });
};

const HINTS: Readonly<Partial<Record<FollowingEnd["kind"], string>>> = {
  missing: "--wait waits until it exists.",
  refused: "stackcast token inspect shows what a token allows.",
};

/** What stands on stderr below the last frame. */
const lastWords = (ending: FollowingEnd, what: string, back: string, link: string): readonly string[] => {
  const goesOn = [`  come back   ${back}`, `  dashboard   ${link}`];
  switch (ending.kind) {
    case "deployment":
    case "stack":
      return [];
    case "missing":
      return [`there is no ${what}`, `  ${HINTS.missing}`];
    case "refused":
      return [`the server does not show ${what}: ${ending.message} (${ending.code})`, `  ${HINTS.refused}`];
    case "lost":
      return [`the connection is lost for good: ${ending.message} (${ending.code})`, ...goesOn];
    case "dequeued":
      return [
        ending.by === undefined
          ? "the deploy that waited was cancelled, or replaced by a newer one"
          : `the deploy that waited was replaced by one of ${ending.by}`,
      ];
    case "timed-out":
      return [`the time is up; ${what} continues`, ...goesOn];
    case "interrupted":
      return [`detached; ${what} continues`, ...goesOn];
  }
};

/** What is said below the last frame, of what went well, too. */
const noted = (ending: FollowingEnd, words: readonly string[], surroundings: Surroundings): void => {
  const left =
    ending.kind === "deployment" ? ending.progress : ending.kind === "stack" ? ending.complete : undefined;
  for (const said of [words, left ? orphanWarning(left) : []])
    if (said.length > 0) complain(surroundings, ...said);
};

/** Follows a run of a deployment to its end. */
export const followRun = async (
  address: DeploymentAddress,
  server: Server,
  options: FollowingOptions,
  wanted: Wanted,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { deploymentId, environment } = address;
  const link = pageOf(server, address);
  const store = storeOf(server, address);
  const mode = outputModeOf(options.output, surroundings.stdout.isTTY === true, surroundings.env);
  if (mode === "tty" || (wanted.isLogged && mode === "plain"))
    complain(surroundings, `${deploymentId}-${environment}: ${link}`);
  const tellers = await deploymentTellers({ address, server, store, options, surroundings, ...wanted });
  const ending = await followDeployment({
    ...wanted,
    server,
    address,
    store,
    teller: allOf(tellers),
    allRuns: typeof wanted.since === "object",
    timeoutSeconds: options.timeout,
    interruption: surroundings.interruption,
  });
  const given = server.isGiven ? ` --url ${server.url}` : "";
  const back = `stackcast watch ${deploymentId} --environment ${environment}${given}`;
  noted(ending, lastWords(ending, `deployment ${deploymentId}-${environment}`, back, link), surroundings);
  return exitOfEnding(ending, options.strict);
};

/** `stackcast watch <deploymentId>`. */
export const watchDeployment = async (
  address: DeploymentAddress,
  { since: text, ...options }: WatchingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const server = serverOf(options, surroundings.env);
  const since = text === undefined ? undefined : sinceOf(text);
  const problem = server.ok ? undefined : server.failure;
  if (problem !== undefined || (text !== undefined && since === undefined)) {
    complain(surroundings, problem ?? "--since needs a position such as 3f9c01ab:41, or start");
    return EXIT.usage;
  }
  return server.ok
    ? followRun(address, server.value, options, { since, wait: options.wait }, surroundings)
    : EXIT.usage;
};

/** The server's own region, if it knows the stack there. */
const regionThere = async (
  server: Server,
  stack: Omit<StackQuery, "region">,
): Promise<Result<string, string>> => {
  const summary = await restClient(server).stacks.summary(stack);
  if (summary.ok) return success(summary.value.region);
  return failed(
    `which region is the stack in? Give --region, or set AWS_REGION (${summary.failure.message})`,
  );
};

/** `stackcast watch --stack`. */
export const watchStack = async (
  { region: given, ...stack }: StackQuery,
  { since: text, ...options }: WatchingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const server = serverOf(options, surroundings.env);
  const since = text === undefined ? undefined : sinceOf(text);
  if (!server.ok) {
    complain(surroundings, server.failure);
    return EXIT.usage;
  }
  const found = given === undefined ? await regionThere(server.value, stack) : success(given);
  if (!found.ok) {
    complain(surroundings, found.failure);
    return EXIT.usage;
  }
  const { account, stackName } = stack;
  const address: StackAddress = { ...inAccount(account), region: found.value, stackName };
  const place = placeTextOf(address);
  const store = new StackStore();
  const tellers = await stackTellers({ address, server: server.value, store, options, surroundings, since });
  const ending = await followStack({
    server: server.value,
    address,
    store,
    teller: allOf(tellers),
    wait: options.wait,
    timeoutSeconds: options.timeout,
    interruption: surroundings.interruption,
  });
  const url = server.value.isGiven ? ` --url ${server.value.url}` : "";
  const there = address.account === undefined ? "" : ` --account ${address.account}`;
  const back = `stackcast watch --stack ${stackName} --region ${address.region}${there}${url}`;
  const words = lastWords(
    ending,
    `stack ${stackName} in ${place}`,
    back,
    `${server.value.url}/stacks/${place}/${stackName}`,
  );
  noted(ending, words, surroundings);
  return exitOfEnding(ending, options.strict);
};

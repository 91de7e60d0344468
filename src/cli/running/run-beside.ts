/**
 * Runs a command that deploys, while the server follows what it does. Whatever becomes of the server, the command is run
 * and its end is the end; what Stackcast has to say goes to stderr, before and after.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { restClient, type RestClient } from "../../client/rest.ts";
import { wordOfStatus } from "../../domain/words/status-words.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentAnswer } from "../../protocol/deployment/deployment-requests.ts";
import { exitOfDeployment } from "../arguments/exit-code.ts";
import { pageOf, serverOf, type Server } from "../arguments/server.ts";
import type { RunOptions } from "../commands/run.ts";
import { interrupted } from "../asking.ts";
import { complain } from "../complaint.ts";
import { exitOfEnding } from "../following/ending.ts";
import { appsIn } from "../plan/foreign-apps.ts";
import { sourcesIn, type SourceOptions } from "../plan/stack-source.ts";
import type { Surroundings } from "../surroundings.ts";
import { runChild, type ChildEnd } from "./child-process.ts";
import { openPassage, type Passage } from "./through-endpoint.ts";
import { trackingOf } from "./tracking.ts";

/** Nobody waits longer for a server before the command is begun. */
const PATIENCE_MS = 10_000;
/** The command may end before the server has seen the last event. */
const SETTLING_MS = 6_000;
const PAUSE_MS = 500;

/** As shells have them. */
const COMMAND_NOT_FOUND = 127;
const SIGNALLED = 128;

/** The options, or those with the only app that lies in the folder. */
const withApp = async (options: SourceOptions, surroundings: Surroundings): Promise<SourceOptions> => {
  if (sourcesIn(options).length > 0) return options;
  const [app, ...others] = await appsIn(surroundings.cwd);
  if (app === undefined || others.length > 0) return options;
  complain(surroundings, `note: the stacks of ${app} are followed; --app, --plan or --stacks name others`);
  return { ...options, app };
};

/** The accounts of the stacks that the server follows now, by their aliases. */
type Followed = readonly string[];

/** None if the server follows no stack; why it does not is said, and stops nothing. */
const registered = async (
  address: DeploymentAddress,
  options: RunOptions,
  server: Server,
  { deployments }: RestClient,
  surroundings: Surroundings,
): Promise<Followed | undefined> => {
  const note = (...lines: readonly string[]): undefined => {
    complain(surroundings, "note: the command is run, and not followed", ...lines.map((line) => `  ${line}`));
    return undefined;
  };
  if (options.stackFile === "-") return note("--stack-file - would take the command's input");
  const registration = await trackingOf(await withApp(options, surroundings), address, server, surroundings);
  if (!registration.ok) return note(...registration.failure);
  const accounts = registration.value.stacks.map(({ account }) => account ?? "default");
  const answer = await deployments.register(registration.value);
  if (answer.ok) return accounts;
  const { code, message } = answer.failure;
  if (code !== "RUN_UNDERWAY") return note(`${message} (${code})`);
  complain(surroundings, `note: a run is under way already, and is followed on: ${message}`);
  return accounts;
};

/** Where the deployment stands once it has settled, or when nobody waits for that any more. */
const settled = async (
  address: DeploymentAddress,
  { deployments }: RestClient,
  until: number,
): Promise<DeploymentAnswer | undefined> => {
  for (;;) {
    const answer = await deployments.status(address);
    if (!answer.ok || answer.value.kind !== "changed") return undefined;
    const { deployment } = answer.value;
    if (exitOfDeployment(deployment) !== undefined || Date.now() > until) return deployment;
    await sleep(PAUSE_MS);
  }
};

const countsOf = ({ summary }: DeploymentAnswer): string => {
  const parts = [
    [summary.deployedStacks, "deployed"],
    [summary.skippedStacks, "skipped"],
    [summary.failedStacks, "failed"],
  ] as const;
  const worded = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${worded.join(", ") || "none done"} of ${summary.totalStacks} stacks`;
};

const summarise = async (
  address: DeploymentAddress,
  server: Server,
  rest: RestClient,
  surroundings: Surroundings,
  waitMs: number,
): Promise<void> => {
  const link = `  look   ${pageOf(server, address)}`;
  const standing = await settled(address, rest, Date.now() + waitMs);
  const name = `${address.deploymentId}-${address.environment}`;
  if (!standing) return complain(surroundings, `note: the server does not say how ${name} ended`, link);
  const { status, cause } = standing;
  complain(
    surroundings,
    `${name}: ${wordOfStatus(status)}, ${countsOf(standing)}`,
    ...(cause ? [`  cause  ${cause.path}: ${cause.reason}`] : []),
    link,
  );
};

/** What the process ends with; whoever was killed by a signal is followed in that. */
const endAs = (end: ChildEnd, argv: readonly string[], surroundings: Surroundings): number => {
  switch (end.kind) {
    case "exited":
      return end.code;
    case "missing":
      complain(surroundings, `${argv[0]} cannot be run: ${end.why}`);
      return COMMAND_NOT_FOUND;
    case "killed":
      process.removeAllListeners(end.signal);
      process.kill(process.pid, end.signal);
      return SIGNALLED;
  }
};

/** What is there before the command begins. */
type Prepared = Readonly<{ isFollowed: boolean; passage?: Passage }>;

const prepared = async (
  address: DeploymentAddress,
  options: RunOptions,
  server: Server,
  rest: RestClient,
  surroundings: Surroundings,
): Promise<Prepared> => {
  try {
    const accounts = await registered(address, options, server, rest, surroundings);
    const isFollowed = accounts !== undefined;
    if (options.endpoint !== true) return { isFollowed };
    const passage = accounts && (await openPassage(accounts, server, surroundings));
    if (passage?.ok) return { isFollowed, passage: passage.value };
    complain(
      surroundings,
      "note: the command asks CloudFormation itself, and not through Stackcast",
      ...(passage ? [`  ${passage.failure}`] : []),
    );
    return { isFollowed };
  } catch (error) {
    complain(surroundings, `note: the command is run, and not followed: ${String(error)}`);
    return { isFollowed: false };
  }
};

/** `stackcast run`. */
export const runBeside = async (
  address: DeploymentAddress,
  argv: readonly string[],
  options: RunOptions,
  surroundings: Surroundings,
): Promise<number> => {
  const server = serverOf(options, surroundings.env);
  if (!server.ok) {
    complain(surroundings, "note: the command is run, and not followed", `  ${server.failure}`);
    return endAs(await runChild(argv, surroundings), argv, surroundings);
  }
  const rest = restClient({ ...server.value, timeoutMs: PATIENCE_MS });
  const enough = interrupted(surroundings);
  const before = await Promise.race([enough, prepared(address, options, server.value, rest, surroundings)]);
  if (before === "interrupted")
    return exitOfEnding({ kind: "interrupted", signal: String(surroundings.interruption.reason) });
  const { isFollowed, passage } = before;
  const env = { ...surroundings.env, ...passage?.variables };
  const end = await runChild(argv, { ...surroundings, env });
  await passage?.close().catch(() => undefined);
  if (isFollowed) {
    // Who ended the command waits for nothing more, nor does who interrupts now.
    const waitMs = end.kind === "exited" ? SETTLING_MS : 0;
    const summary = summarise(address, server.value, rest, surroundings, waitMs);
    await Promise.race([enough, summary.catch(() => undefined)]);
  }
  return endAs(end, argv, surroundings);
};

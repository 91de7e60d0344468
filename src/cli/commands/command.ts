/**
 * What all commands have in common: options that mean the same everywhere, and an action that ends with an exit code. A
 * command's own file declares it; what it does is loaded when it is called.
 */
import { Argument, InvalidArgumentError, Option, type Command } from "commander";
import {
  ALIAS,
  DEPLOYMENT_ID,
  ENVIRONMENT,
  STACK_NAME,
  type DeploymentAddress,
} from "../../protocol/connection/channel-names.ts";
import { REGION } from "../../protocol/partitions.ts";
import { secondsOf } from "../arguments/duration.ts";
import type { Context } from "../arguments/kept-context.ts";
import { momentOf } from "../arguments/moment.ts";
import { OUTPUTS, type Output } from "../arguments/output-mode.ts";
import type { ServerOptions } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";

/** Does what a command is for; a command that runs another one ends with any code that that one has. */
export type Work = (surroundings: Surroundings) => Promise<number> | number;

/** Adds a command to the program; its action gives its work to `run`. `context`: what is meant where nothing is said. */
export type Declaration = (program: Command, run: (work: Work) => Promise<void>, context: Context) => void;

/** What every command that asks the server is given. */
export type Asking = ServerOptions & Readonly<{ output: Output }>;

export type OfDeployment = Asking & Readonly<{ environment: string }>;

const checked =
  <Value>(valueOf: (text: string) => Value | undefined, what: string) =>
  (text: string): Value => {
    const value = valueOf(text);
    if (value === undefined) throw new InvalidArgumentError(what);
    return value;
  };

/** A span of time in seconds. */
export const duration = checked(secondsOf, "It must be a span such as 90s, 30m or 2h.");

/** The same, or none at all. */
export const grace = checked(
  (text) => (/^0[smhd]?$/.test(text) ? 0 : secondsOf(text)),
  "It must be a span such as 90s, 30m or 2h, or 0.",
);

/** A moment in the past, as ISO 8601. */
export const pastMoment = checked(
  (text) => momentOf(text, Date.now()),
  "It must be a span such as 2h, or a time with its zone such as 2025-10-09T14:00Z.",
);

export const positiveNumber = checked((text) => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}, "It must be a whole number above 0.");

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);

export const deploymentId = checked(
  matching(DEPLOYMENT_ID),
  "It must start with a letter or digit and have at most 64 of these and hyphens.",
);

export const environment = checked(
  matching(ENVIRONMENT),
  "It must hold at most 32 lower-case letters, digits and hyphens.",
);

export const alias = checked(
  (text) => (ALIAS.test(text) && !REGION.test(text) ? text : undefined),
  "It must be an account's alias: a lower-case letter and at most 31 of these, digits and hyphens.",
);

export const region = checked(matching(REGION), "It must be an AWS region such as us-east-1.");

export const stackName = checked(
  matching(STACK_NAME),
  "It must start with a letter and have at most 128 letters, digits and hyphens.",
);

/** How the command says what it has to say. */
export const withOutput = (command: Command): Command =>
  command.addOption(
    new Option("-o, --output <mode>", "how to say it").choices(OUTPUTS).default("auto", "by what stdout is"),
  );

/** Where the server is. */
export const withServer = (command: Command): Command =>
  withOutput(command)
    .option("--url <address>", "where Stackcast is (else STACKCAST_URL)")
    .option(
      "--token <token>",
      "who asks (else STACKCAST_TOKEN, which other users of the machine cannot see)",
    );

export const environmentOption = (): Option =>
  new Option("-e, --environment <name>", "its environment, such as dev or prod").argParser(environment);

const deploymentArgument = (context: Context): Argument => {
  const argument = new Argument("<deploymentId>", "the deployment, such as D1BRV40").argParser(deploymentId);
  return context.deploymentId === undefined ? argument : argument.argOptional().default(context.deploymentId);
};

const environmentOf = (context: Context): Option => {
  const option = environmentOption();
  return context.environment === undefined
    ? option.makeOptionMandatory()
    : option.default(context.environment);
};

/** Which deployment is meant. `context`: what is meant where nothing is said; commands that change something have none. */
export const withDeployment = (command: Command, context: Context = {}): Command =>
  withServer(command.addArgument(deploymentArgument(context)).addOption(environmentOf(context)));

export const addressOf = (id: string, options: Pick<OfDeployment, "environment">): DeploymentAddress => ({
  deploymentId: id,
  environment: options.environment,
});

/** How long and how closely something is followed. */
export const withFollowing = (command: Command): Command =>
  command
    .option("--verbose", "on a terminal: every resource, as a log")
    .option("--bar", "on a terminal: one bar and the stack that is worked on")
    .option("--timeout <span>", "stop following after this long, with exit code 9", duration)
    .option("--strict", "exit code 1 if something could not be deleted and still exists")
    .option("--log-dir <folder>", "keep a log file in this folder");

/** Examples below the help, each with what it is for. */
export const examples = (...lines: readonly (readonly [command: string, what: string])[]): string => {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, what]) => `  $ ${command.padEnd(width)}  # ${what}`).join("\n")}\n`;
};

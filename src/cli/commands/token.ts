/** `stackcast token` and `stackcast endpoint-key`: what is asked with, by Stackcast's own clients and by AWS's. */
import { InvalidArgumentError, Option } from "commander";
import {
  alias,
  region,
  withServer,
  duration,
  examples,
  withOutput,
  type Asking,
  type Declaration,
} from "./command.ts";

export type TokenOptions = Pick<Asking, "output"> &
  Readonly<{ subject: string; role: string; channels?: string[]; expires: number }>;

export type InspectOptions = Pick<Asking, "output">;

const HALF_A_DAY_SECONDS = 12 * 3600;

export const declareToken: Declaration = (program, run) => {
  const token = withOutput(
    program
      .command("token")
      .summary("make a token, or show what one allows")
      .description(
        "Makes a token that is signed with the secret in AUTH_JWT_SECRET, the one that the Worker has, and prints it. " +
          "AUTH_ISSUER and AUTH_AUDIENCE go into it where they are set.",
      )
      .addOption(
        new Option("--role <role>", "what it allows")
          .choices(["viewer", "deployer", "admin"])
          .default("viewer"),
      )
      .option(
        "--channels <pattern...>",
        "only these, such as deployments/D1BRV40/* or stacks/eu-west-1/app-*",
      )
      .addOption(
        new Option("--expires <span>", "how long it is good for")
          .argParser(duration)
          .default(HALF_A_DAY_SECONDS, "12h"),
      )
      .option("--subject <name>", "whom it names", "cli"),
  )
    .addHelpText(
      "after",
      examples(
        ["export STACKCAST_TOKEN=$(stackcast token --role deployer)", "for this shell"],
        ["stackcast token --channels 'deployments/*/dev' --expires 1h", "to read dev for an hour"],
        ["stackcast token inspect", "what STACKCAST_TOKEN allows"],
      ),
    )
    .action((options: TokenOptions) =>
      run(async (surroundings) => (await import("../arguments/tokens.ts")).makeToken(options, surroundings)),
    );
  withOutput(
    token
      .command("inspect")
      .summary("show what a token allows")
      .description(
        "Shows the claims of a token, read from STACKCAST_TOKEN or from the input (-), without judging it.",
      )
      .argument("[source]", "- to read it from the input"),
  ).action((source: string | undefined, options: InspectOptions) =>
    run(async (surroundings) =>
      (await import("../arguments/tokens.ts")).inspectToken(source, options, surroundings),
    ),
  );
};

export type EndpointKeyOptions = Asking &
  Readonly<{ account?: string; region?: string; reading?: boolean; hours: number; name?: string }>;

const hoursOf = (text: string): number => {
  const hours = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || hours <= 0)
    throw new InvalidArgumentError("It must be a number of hours.");
  return hours;
};

export const declareEndpointKey: Declaration = (program, run) => {
  const load = () => import("../questions/endpoint-keys.ts");
  const group = withServer(
    program
      .command("endpoint-key")
      .summary("let AWS's own clients ask CloudFormation through Stackcast")
      .description(
        "Makes a key, and prints what sets a shell up for it: the AWS CLI, SDKs, SAM and others then ask CloudFormation through " +
          "Stackcast. The secret is shown this once.",
      )
      .option("--region <region>", "the region that is asked (else AWS_REGION)", region)
      .option("--account <alias>", "the account that is asked, Stackcast's own by default", alias)
      .option("--reading", "a key that only reads")
      .addOption(new Option("--hours <number>", "how long it is good for").argParser(hoursOf).default(12))
      .option("--name <text>", "what it is for, for people"),
  )
    .addHelpText(
      "after",
      examples(
        ['eval "$(stackcast endpoint-key --region eu-west-1)"', "for this shell"],
        ["stackcast endpoint-key list", "keys that are good"],
        ["stackcast endpoint-key delete STCK…", "one that is not to be any more"],
      ),
    )
    .action((options: EndpointKeyOptions) =>
      run(async (surroundings) => (await load()).makeEndpointKey(options, surroundings)),
    );
  withServer(group.command("list").summary("keys that are good; an admin sees all")).action(
    (options: Asking) => run(async (surroundings) => (await load()).listEndpointKeys(options, surroundings)),
  );
  withServer(
    group.command("delete").summary("delete a key").argument("<accessKeyId>", "the key, STCK…"),
  ).action((accessKeyId: string, options: Asking) =>
    run(async (surroundings) => (await load()).deleteEndpointKey(accessKeyId, options, surroundings)),
  );
};

/** `stackcast token`: makes a token for local use, or shows what one allows. */
import { Option } from "commander";
import { duration, examples, withOutput, type Asking, type Declaration } from "./command.ts";

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

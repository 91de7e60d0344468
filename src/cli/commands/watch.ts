/** `stackcast watch`: follows what runs, or what is to begin. */
import type { OfDeployment } from "./command.ts";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import {
  addressOf,
  alias,
  deploymentId,
  environmentOption,
  examples,
  region,
  stackName,
  withFollowing,
  withServer,
  type Declaration,
} from "./command.ts";

type WatchOptions = Omit<OfDeployment, "environment"> &
  Readonly<{
    environment?: string;
    stack?: string;
    region?: string;
    account?: string;
    wait?: boolean;
    since?: string;
    verbose?: boolean;
    bar?: boolean;
    timeout?: number;
    strict?: boolean;
    logDir?: string;
  }>;

const HELP = examples(
  ["stackcast watch D1BRV40 --environment dev", "follow its run to the end"],
  ["stackcast watch D1BRV40 -e dev --wait", "wait until a run starts"],
  ["stackcast watch --stack network --region eu-west-1", "one stack, whoever deploys it"],
  ["stackcast watch D1BRV40 -e dev -o ndjson | jq .type", "its events, one a line"],
);

export const declareWatch: Declaration = (program, run, context) => {
  const command = program
    .command("watch")
    .summary("follow a deployment or a stack")
    .description(
      "Follows a deployment, or one stack, to its end. Loses nothing when the network fails: it reconnects and " +
        "catches up. Ctrl-C detaches: the deployment continues.",
    )
    .argument("[deploymentId]", "the deployment, such as D1BRV40", deploymentId)
    .addOption(environmentOption())
    .option("--stack <name>", "one stack instead, by its CloudFormation name", stackName)
    .option(
      "--region <region>",
      "where the stack is; default: AWS_REGION, else the server's own region",
      region,
    )
    .option("--account <alias>", "whose the stack is; default: the server's own account", alias)
    .option("--wait", "wait for a run to start, even before anything exists")
    .option("--since <epoch:offset>", "with -o ndjson: only the events after this position, or all: start");
  withFollowing(withServer(command))
    .addHelpText("after", HELP)
    .action((id: string | undefined, options: WatchOptions) =>
      run(async (surroundings) => {
        const { watchDeployment, watchStack } = await import("../watching.ts");
        const { stack, environment } = options;
        if (stack !== undefined) {
          if (id !== undefined) command.error("error: give either a deployment or --stack");
          const where = options.region ?? (surroundings.env["AWS_REGION"] || undefined);
          const query = {
            stackName: stack,
            ...(where !== undefined && { region: where }),
            ...inAccount(options.account),
          };
          return watchStack(query, options, surroundings);
        }
        const deployment = id ?? context.deploymentId ?? "";
        if (deployment === "") command.error("error: which deployment? Give its id, or --stack");
        const place = environment ?? context.environment ?? "";
        if (place === "") command.error("error: a deployment needs --environment");
        return watchDeployment(addressOf(deployment, { environment: place }), options, surroundings);
      }),
    );
};

/** `stackcast delete`, `forget`, `export` and `import`: what is kept of an install, for its admins. */
import {
  addressOf,
  alias,
  environmentOption,
  examples,
  region,
  stackName,
  withServer,
  type Asking,
  type Declaration,
} from "../commands/command.ts";
import type { DeleteOptions } from "./deleting.ts";

export const declareOperating: Declaration = (program, run) => {
  withServer(
    program
      .command("delete")
      .summary("delete what is kept of a deployment or a stack")
      .description(
        "Deletes the runs and events of a deployment, or with --stack what is kept of a stack. Nothing in AWS is touched: " +
          "stackcast destroy deletes stacks.",
      )
      .argument("<name>", "the deployment, or the stack")
      .addOption(environmentOption())
      .option("--stack", "it is a stack")
      .option("--account <alias>", "of the stack", alias)
      .option("--region <region>", "of the stack", region)
      .option("--yes", "do not ask"),
  )
    .addHelpText(
      "after",
      examples(
        ["stackcast delete D1BRV40 --environment dev", "asks first"],
        ["stackcast delete shop-web --stack --region eu-west-1 --yes", "for scripts"],
      ),
    )
    .action((name: string, options: DeleteOptions) =>
      run(async (surroundings) =>
        (await import("./deleting.ts")).deleteKept(
          options.stack
            ? { stackName: stackName(name), account: options.account, region: options.region }
            : { address: addressOf(name, { environment: options.environment ?? "" }) },
          options,
          surroundings,
        ),
      ),
    );
  withServer(
    program
      .command("forget")
      .summary("replace a person's name in all that is kept")
      .description(
        "Replaces a person's name by `forgotten` in runs, events, messages, accounts and keys. The audit table and CloudWatch " +
          "Logs stay as they are.",
      )
      .argument("<subject>", "as tokens name the person"),
  ).action((subject: string, options: Asking) =>
    run(async (surroundings) => (await import("./deleting.ts")).forget(subject, options, surroundings)),
  );
  withServer(
    program
      .command("export")
      .summary("write all that the install keeps to a file")
      .description(
        "Writes an export to a file that only its owner can read: secrets of destinations are in it. A file that is not whole " +
          "is gone on with.",
      )
      .argument("<file>", "the file, such as stackcast.ndjson"),
  ).action((file: string, options: Asking) =>
    run(async (surroundings) => (await import("./exporting.ts")).exportTo(file, options, surroundings)),
  );
  withServer(
    program
      .command("import")
      .summary("take an export into an install")
      .description(
        "Takes an export into an install that is empty. One that was cut off is called again: what is there already is passed over.",
      )
      .argument("<file>", "the file that stackcast export wrote"),
  ).action((file: string, options: Asking) =>
    run(async (surroundings) => (await import("./importing.ts")).importFrom(file, options, surroundings)),
  );
};

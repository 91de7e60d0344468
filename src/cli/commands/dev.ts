/** `stackcast dev`: the whole product on this machine, which is what `npm start` runs. */
import type { DevOptions } from "../arguments/dev-options.ts";
import { examples, positiveNumber, region, type Declaration } from "./command.ts";

export const declareDev: Declaration = (program, run) => {
  program
    .command("dev")
    .summary("run all of Stackcast on this machine, with a simulated AWS or yours")
    .description(
      "Runs the Worker on this machine, with a simulated AWS and a sample deployment, and prints the address of a page that is " +
        "already moving. With --aws it reads the AWS that this machine has credentials for. Ctrl-C ends everything.",
    )
    .option("--port <number>", "where the Worker listens", positiveNumber, 8787)
    .option("--speed <factor>", "simulated seconds in a real one", Number, 60)
    .option("--aws", "the AWS of this machine: SSO, profiles, environment, as the AWS CLI finds them")
    .option("--profile <name>", "with --aws: the profile (else AWS_PROFILE, else default)")
    .option("--region <region>", "with --aws: the region (else AWS_REGION, else the profile's)", region)
    .option("--allow-deploy", "with --aws: let it deploy, too; without: it only reads")
    .addHelpText(
      "after",
      examples(
        ["stackcast dev", "then open the address"],
        ["stackcast dev --port 8080 --speed 120", "faster, elsewhere"],
        ["stackcast dev --aws --profile sandbox", "your stacks, looked at"],
      ),
    )
    .action((options: DevOptions) =>
      run(async (surroundings) => (await import("../local/local-run.ts")).runLocally(options, surroundings)),
    );
};

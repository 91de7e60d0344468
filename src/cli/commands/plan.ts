/** `stackcast plan`: what a plan or an app would deploy, without a server. */
import {
  deploymentId,
  environmentOption,
  examples,
  withOutput,
  type Asking,
  type Declaration,
} from "./command.ts";

export type PlanOptions = Pick<Asking, "output"> &
  Readonly<{ environment?: string; app?: string; plan?: string }>;

export const declarePlan: Declaration = (program, run) => {
  withOutput(
    program
      .command("plan")
      .summary("show what a plan or a CDK app would deploy")
      .description(
        "Checks a plan, or what cdk synth has written, and shows its stacks by their layers, without asking a server. With " +
          "-o json: the request that deploy sends.",
      )
      .argument("[deploymentId]", "the deployment, such as D1BRV40", deploymentId)
      .addOption(environmentOption()),
  )
    .option("--app <folder>", "a synthesized CDK app, such as cdk.out")
    .option("--plan <file>", "the plan, YAML or JSON")
    .addHelpText(
      "after",
      examples(
        ["stackcast plan --app cdk.out", "the stacks of a CDK app"],
        ["stackcast plan D1BRV40 -e dev --plan plan.yaml -o json", "what deploy would send"],
      ),
    )
    .action((id: string | undefined, { environment = "dev", ...options }: PlanOptions) =>
      run(async (surroundings) =>
        (await import("../planning.ts")).showPlan(
          { deploymentId: id ?? "plan", environment },
          options,
          surroundings,
        ),
      ),
    );
};

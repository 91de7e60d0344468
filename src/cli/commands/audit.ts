/** `stackcast audit`: the trail of a deployment, as it is kept in DynamoDB. */
import {
  addressOf,
  examples,
  positiveNumber,
  withDeployment,
  type Declaration,
  type OfDeployment,
} from "./command.ts";

export type AuditOptions = OfDeployment & Readonly<{ from?: string; to?: string; limit?: number }>;

export const declareAudit: Declaration = (program, run, context) => {
  withDeployment(
    program
      .command("audit")
      .summary("show the audit trail of a deployment")
      .description("Shows who did what and what happened, oldest first, from the audit table."),
    context,
  )
    .option("--from <time>", "nothing before this time, such as 2026-01-31 or 2026-01-31T12:00:00Z")
    .option("--to <time>", "nothing after this time")
    .option("--limit <count>", "how many events at most", positiveNumber)
    .addHelpText(
      "after",
      examples(
        ["stackcast audit D1BRV40 --environment dev", "all of it"],
        ["stackcast audit D1BRV40 -e dev --from 2026-01-31 -o ndjson", "for programs"],
      ),
    )
    .action((id: string, options: AuditOptions) =>
      run(async (surroundings) =>
        (await import("../questions/audit.ts")).audit(addressOf(id, options), options, surroundings),
      ),
    );
};

/** `stackcast destinations`: where notifications go, and what became of them. For admins. */
import { Argument, Option, type Command } from "commander";
import {
  examples,
  grace,
  pastMoment,
  positiveNumber,
  withServer,
  type Asking,
  type Declaration,
  type Work,
} from "./command.ts";

/** What can be asked of a destination of any kind. */
export type DestinationOptions = Readonly<{
  name?: string;
  events?: string[];
  channels?: string[];
  environments?: string[];
}>;

export type AddOptions = Asking & DestinationOptions;

const FORGETTABLE = ["name", "to", "events", "channels", "environments"] as const;

export type ChangeOptions = Asking &
  DestinationOptions &
  Readonly<{ usual?: (typeof FORGETTABLE)[number][] }>;

export type DeliveriesOptions = Asking &
  Readonly<{ state?: "pending" | "delivered" | "dead"; limit: number }>;

export type RecoverOptions = Asking & Readonly<{ since: string }>;

export type RotateOptions = Asking & Readonly<{ grace?: number }>;

const KINDS = ["webhook", "slack", "pagerduty", "email"] as const;

export type Kind = (typeof KINDS)[number];

const HELP = examples(
  ["stackcast destinations add webhook https://example.com/hook", "its secret is printed once"],
  ["stackcast destinations add slack - < slack-url.txt", "what is secret comes from the input"],
  ["stackcast destinations add email team@example.com --events deployment_failed", "failures only"],
  ["stackcast destinations change 5f0c9a1e7b3d4c28 --environments prod", "the rest stays unchanged"],
  ["stackcast destinations deliveries 5f0c9a1e7b3d4c28 --state dead", "what never arrived"],
  ["stackcast destinations recover 5f0c9a1e7b3d4c28 --since 2d", "send that once more"],
);

type Run = (work: Work) => Promise<void>;

/** A command that does one thing to one destination. */
const ofOne = (group: Command, run: Run, name: string, summary: string, whole = summary): Command =>
  withServer(
    group
      .command(name)
      .summary(summary)
      .description(whole)
      .argument("<id>", "the destination, as list shows it"),
  ).action((id: string, options: Asking) =>
    run(async (surroundings) => {
      const { actOn } = await import("../questions/destinations.ts");
      return actOn(name as Parameters<typeof actOn>[0], id, options, surroundings);
    }),
  );

/** Which of a deployment's events it gets, and what people call it. */
const withDestinationOptions = (command: Command): Command =>
  withServer(
    command
      .option("--name <name>", "what people call it")
      .option("--events <type...>", "only these events; * is all of them")
      .option("--channels <pattern...>", "only these deployments, such as deployments/*/prod")
      .option("--environments <name...>", "only these environments"),
  );

export const declareDestinations: Declaration = (program, run) => {
  const group = program
    .command("destinations")
    .summary("manage where notifications go")
    .description("Manages where notifications go: webhooks, Slack, PagerDuty and mail. Needs the role admin.")
    .addHelpText("after", HELP);

  withServer(
    group.command("list").summary("list destinations").description("Lists all destinations."),
  ).action((options: Asking) =>
    run(async (surroundings) =>
      (await import("../questions/destinations.ts")).listDestinations(options, surroundings),
    ),
  );

  withDestinationOptions(
    group
      .command("add")
      .summary("add a destination")
      .description("Adds a destination. A webhook's secret is printed once, and never again.")
      .addArgument(new Argument("<kind>", "what kind it is").choices(KINDS))
      .argument(
        "[target]",
        "an address, a routing key of PagerDuty, or whom to mail (else the deployment's owner); - reads it from the input",
      ),
  ).action((kind: Kind, target: string | undefined, options: AddOptions) =>
    run(async (surroundings) =>
      (await import("../questions/destinations.ts")).addDestination(kind, target, options, surroundings),
    ),
  );

  withDestinationOptions(
    group
      .command("change")
      .summary("change a destination")
      .description("Changes a destination; what is not named stays. Pending messages go to the new target.")
      .argument("<id>", "the destination, as list shows it")
      .argument("[target]", "another address, routing key or whom to mail; - reads it from the input")
      .addOption(
        new Option("--usual <what...>", "reset to the default, such as all environments").choices(
          FORGETTABLE,
        ),
      ),
  ).action((id: string, target: string | undefined, options: ChangeOptions) =>
    run(async (surroundings) =>
      (await import("../questions/destinations.ts")).changeDestination(id, target, options, surroundings),
    ),
  );

  ofOne(group, run, "show", "show a destination");
  ofOne(
    group,
    run,
    "remove",
    "remove a destination",
    "Removes a destination with its pending messages.",
  ).alias("rm");
  ofOne(group, run, "test", "send a test", "Sends one test message, and shows the result.");
  ofOne(
    group,
    run,
    "enable",
    "go on after it was disabled",
    "Enables it again, and delivers what has waited.",
  );

  withServer(
    group
      .command("rotate-secret")
      .summary("give a webhook a new secret")
      .description("Gives a webhook a new secret, which is printed once; for a while both sign.")
      .argument("<id>", "the destination, as list shows it")
      .option("--grace <span>", "how long the old one signs beside it; 0 ends it at once", grace),
  ).action((id: string, options: RotateOptions) =>
    run(async (surroundings) =>
      (await import("../questions/destinations.ts")).rotateSecret(id, options, surroundings),
    ),
  );

  withServer(
    group
      .command("deliveries")
      .summary("show what was sent")
      .description(
        "Shows what was sent to a destination, with every attempt: pending messages first, then the newest.",
      )
      .argument("<id>", "the destination, as list shows it")
      .addOption(new Option("--state <state>", "only these").choices(["pending", "delivered", "dead"]))
      .option("--limit <count>", "how many at most", positiveNumber, 20),
  ).action((id: string, options: DeliveriesOptions) =>
    run(async (surroundings) =>
      (await import("../questions/deliveries.ts")).deliveries(id, options, surroundings),
    ),
  );

  withServer(
    group
      .command("redeliver")
      .summary("send a message again")
      .description("Sends a message again, under the same id.")
      .argument("<id>", "the destination, as list shows it")
      .argument("<messageId>", "the message, as deliveries shows it"),
  ).action((id: string, messageId: string, options: Asking) =>
    run(async (surroundings) =>
      (await import("../questions/deliveries.ts")).redeliver(id, messageId, options, surroundings),
    ),
  );

  withServer(
    group
      .command("recover")
      .summary("send again all that was given up")
      .description(
        "Sends everything again that was given up since a moment, oldest first and under the same ids.",
      )
      .argument("<id>", "the destination, as list shows it")
      .requiredOption(
        "--since <moment>",
        "how long ago, such as 2h, or a time such as 2025-10-09T14:00Z",
        pastMoment,
      ),
  ).action((id: string, options: RecoverOptions) =>
    run(async (surroundings) =>
      (await import("../questions/deliveries.ts")).recover(id, options, surroundings),
    ),
  );
};

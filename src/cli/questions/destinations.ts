/** Where notifications go, and what became of them, as tables or for programs. */
import { destinationsClient, type DestinationsClient } from "../../client/destinations.ts";
import type {
  Delivery,
  DestinationChange,
  DestinationKind,
  DestinationRequest,
} from "../../protocol/destinations.ts";
import { success } from "../../protocol/result.ts";
import { answered, asking, type AskingOptions } from "../asking.ts";
import type {
  AddOptions,
  ChangeOptions,
  Kind,
  RotateOptions,
  DestinationOptions,
} from "../commands/destinations.ts";
import { complain, complainOf } from "../complaint.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { deliveriesTable, destinationLines, destinationsTable } from "./destination-tables.ts";

type Answered = Promise<ExitCode> | ExitCode;

/** What is asked about destinations of the server that was found. */
export const withDestinations = (
  options: AskingOptions,
  surroundings: Surroundings,
  work: (client: DestinationsClient) => Promise<ExitCode>,
): Answered => asking(options, surroundings, (server) => work(destinationsClient(server)));

/** `stackcast destinations list`. */
export const listDestinations = (options: AskingOptions, surroundings: Surroundings): Answered =>
  withDestinations(options, surroundings, async (client) =>
    answered(
      await client.list(),
      {
        lines: ({ items }) =>
          items.length === 0 ? ["There are no destinations."] : destinationsTable(items),
        problems: ({ items }) => {
          const bad = items.filter(({ state }) => state !== "working");
          return bad.length === 0 ? [] : destinationsTable(bad);
        },
        items: ({ items }) => items,
      },
      options.output,
      surroundings,
    ),
  );

/** What is asked of any kind. */
const changeOf = ({ name, events, channels, environments }: DestinationOptions) => ({
  ...(name !== undefined && { name }),
  // The server knows which events there are.
  ...(events && { events: events as NonNullable<DestinationRequest["events"]> }),
  ...(channels && { channels }),
  ...(environments && { environments }),
});

/** Whom a kind sends to, in the field that the kind has for it. */
const sentTo = (kind: DestinationKind, target: string): DestinationChange => {
  switch (kind) {
    case "email":
      return { to: target };
    case "pagerduty":
      return { routingKey: target };
    case "webhook":
    case "slack":
      return { url: target };
  }
};

const NEEDED: Readonly<Record<Kind, string | undefined>> = {
  webhook: "an address",
  slack: "an address",
  pagerduty: "a routing key",
  // Whoever owns the deployment, else.
  email: undefined,
};

/** The target as it was given, or from the input, where neither the shell's history nor other users see it. */
const givenTarget = async (target: string | undefined, { readInput }: Surroundings): Promise<string> =>
  target === "-" ? (await readInput()).trim() : (target ?? "");

/** `stackcast destinations add`. */
export const addDestination = (
  kind: Kind,
  target: string | undefined,
  options: AddOptions,
  surroundings: Surroundings,
): Answered =>
  withDestinations(options, surroundings, async (client) => {
    const given = await givenTarget(target, surroundings);
    const needed = NEEDED[kind];
    if (given === "" && needed !== undefined) {
      complain(surroundings, `${kind} needs ${needed}: stackcast destinations add ${kind} <target>`);
      return EXIT.usage;
    }
    // Together they are what the kind asks for.
    const request = {
      kind,
      ...(given !== "" && sentTo(kind, given)),
      ...changeOf(options),
    } as DestinationRequest;
    return answered(
      await client.create(request),
      {
        lines: (created) => [
          ...destinationsTable([created]),
          ...(created.secret === undefined ? [] : [`Secret: ${created.secret} (shown now and never again)`]),
        ],
      },
      options.output,
      surroundings,
    );
  });

/** `stackcast destinations change`. */
export const changeDestination = (
  id: string,
  target: string | undefined,
  options: ChangeOptions,
  surroundings: Surroundings,
): Answered =>
  withDestinations(options, surroundings, async (client) => {
    const usual = Object.fromEntries((options.usual ?? []).map((field) => [field, null]));
    const wanted: DestinationChange = { ...usual, ...changeOf(options) };
    if (target === undefined && Object.keys(wanted).length === 0) {
      complain(surroundings, "nothing to change: stackcast destinations change --help lists the options");
      return EXIT.usage;
    }
    const change = async (more: DestinationChange = {}): Promise<ExitCode> =>
      answered(
        await client.change(id, { ...wanted, ...more }),
        { lines: destinationLines },
        options.output,
        surroundings,
      );
    if (target === undefined) return change();
    const given = await givenTarget(target, surroundings);
    if (given === "") {
      complain(surroundings, "the new target is empty; --usual to restores the deployment's owner");
      return EXIT.usage;
    }
    const known = await client.show(id);
    return known.ok ? change(sentTo(known.value.kind, given)) : complainOf(surroundings, known.failure);
  });

/** `stackcast destinations show`, `remove`, `test` and `enable`. */
export const actOn = (
  action: "show" | "remove" | "test" | "enable",
  id: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Answered =>
  withDestinations(options, surroundings, async (client) => {
    switch (action) {
      case "show":
        return answered(await client.show(id), { lines: destinationLines }, options.output, surroundings);
      case "enable":
        return answered(await client.enable(id), { lines: destinationLines }, options.output, surroundings);
      case "remove": {
        const removed = await client.remove(id);
        if (!removed.ok) return complainOf(surroundings, removed.failure);
        const lines = () => [cleanText(`${id} is removed`)];
        return answered(success({ id, removed: true }), { lines }, options.output, surroundings);
      }
      case "test": {
        const sent = await client.test(id);
        const lines = (delivery: Delivery) => deliveriesTable([delivery]);
        const problems = (delivery: Delivery) => (delivery.state === "delivered" ? [] : lines(delivery));
        const code = answered(sent, { lines, problems }, options.output, surroundings);
        return sent.ok && sent.value.state !== "delivered" ? EXIT.failed : code;
      }
    }
  });

/** `stackcast destinations rotate-secret`. */
export const rotateSecret = (id: string, options: RotateOptions, surroundings: Surroundings): Answered =>
  withDestinations(options, surroundings, async (client) =>
    answered(
      await client.rotateSecret(id, options.grace),
      {
        lines: ({ secret, previousSecretUntil }) => [
          `Secret: ${secret} (shown now and never again; the old one signs until ${previousSecretUntil})`,
        ],
      },
      options.output,
      surroundings,
    ),
  );

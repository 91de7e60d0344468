/** Where notifications go, and what became of them, as tables or for programs. */
import { destinationsClient, type DestinationsClient } from "../../client/destinations.ts";
import type {
  Delivery,
  Destination,
  DestinationAnswer,
  DestinationRequest,
} from "../../protocol/destinations.ts";
import { success } from "../../protocol/result.ts";
import { answered, asking, type AskingOptions } from "../asking.ts";
import type { AddOptions, DeliveriesOptions, Kind, RotateOptions } from "../commands/destinations.ts";
import { complain, complainOf } from "../complaint.ts";
import { cleanText } from "../display/clean-text.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";

type Answered = Promise<ExitCode> | ExitCode;

/** As many as an answer holds. */
const PAGE = 100;

const withClient = (
  options: AskingOptions,
  surroundings: Surroundings,
  work: (client: DestinationsClient) => Promise<ExitCode>,
): Answered => asking(options, surroundings, (server) => work(destinationsClient(server)));

const targetOf = ({ url, routingKey, to }: Destination): string =>
  url ?? (routingKey === undefined ? [to ?? []].flat().join(" ") : `…${routingKey}`);

const destinationsTable = (items: readonly Destination[]): string[] =>
  tableLines<Destination>(
    [
      { heading: "id", of: ({ id }) => id },
      { heading: "kind", of: ({ kind }) => kind },
      { heading: "name", of: ({ name = "" }) => name },
      { heading: "to", of: targetOf },
      { heading: "state", of: ({ state }) => state },
      { heading: "events", of: ({ events }) => events.join(" ") },
      {
        heading: "only",
        of: ({ channels = [], environments = [] }) => [...channels, ...environments].join(" "),
      },
    ],
    items,
  );

const destinationLines = (destination: Destination & Partial<DestinationAnswer>): string[] => [
  ...destinationsTable([destination]),
  ...(destination.pending === undefined
    ? []
    : [`${destination.pending} messages wait, ${destination.dead ?? 0} were given up`]),
  ...(destination.disabled
    ? [
        `disabled since ${destination.disabled.at}: ${destination.disabled.reason}; stackcast destinations enable goes on`,
      ]
    : []),
];

const lastAttemptOf = ({ attempts }: Delivery): string => {
  const last = attempts.at(-1);
  if (!last) return "";
  return cleanText(
    [last.status ?? "", last.error ?? "", `${last.ms} ms`].filter((part) => part !== "").join(" "),
  );
};

const deliveriesTable = (items: readonly Delivery[]): string[] =>
  tableLines<Delivery>(
    [
      { heading: "message", of: ({ messageId }) => messageId },
      { heading: "state", of: ({ state }) => state },
      { heading: "event", of: ({ type }) => type },
      { heading: "channel", of: ({ channel = "" }) => channel },
      { heading: "created", of: ({ createdAt }) => createdAt },
      { heading: "attempts", of: ({ attempts }) => String(attempts.length), isNumber: true },
      { heading: "last", of: lastAttemptOf },
      { heading: "next", of: ({ nextAttemptAt = "" }) => nextAttemptAt },
    ],
    items,
  );

/** `stackcast destinations list`. */
export const listDestinations = (options: AskingOptions, surroundings: Surroundings): Answered =>
  withClient(options, surroundings, async (client) =>
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

/** What is asked for; a string: what is missing. */
const requestOf = (
  kind: Kind,
  target: string,
  { name, events, channels, environments }: AddOptions,
): DestinationRequest | string => {
  const common = {
    ...(name !== undefined && { name }),
    // The server knows which events there are.
    ...(events && { events: events as DestinationRequest["events"] }),
    ...(channels && { channels }),
    ...(environments && { environments }),
  };
  if (kind === "email") return { kind, ...(target !== "" && { to: target }), ...common };
  if (target === "") return kind === "pagerduty" ? "a routing key" : "an address";
  return kind === "pagerduty" ? { kind, routingKey: target, ...common } : { kind, url: target, ...common };
};

/** `stackcast destinations add`. */
export const addDestination = (
  kind: Kind,
  target: string | undefined,
  options: AddOptions,
  surroundings: Surroundings,
): Answered =>
  withClient(options, surroundings, async (client) => {
    const given = target === "-" ? (await surroundings.readInput()).trim() : (target ?? "");
    const request = requestOf(kind, given, options);
    if (typeof request === "string") {
      complain(surroundings, `${kind} needs ${request}: stackcast destinations add ${kind} <target>`);
      return EXIT.usage;
    }
    return answered(
      await client.create(request),
      {
        lines: (created) => [
          ...destinationsTable([created]),
          ...(created.secret === undefined ? [] : [`Secret: ${created.secret} (told now and never again)`]),
        ],
      },
      options.output,
      surroundings,
    );
  });

/** `stackcast destinations show`, `remove`, `test` and `enable`. */
export const actOn = (
  action: "show" | "remove" | "test" | "enable",
  id: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Answered =>
  withClient(options, surroundings, async (client) => {
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
        const code = answered(sent, { lines, problems: lines }, options.output, surroundings);
        return sent.ok && sent.value.state !== "delivered" ? EXIT.failed : code;
      }
    }
  });

/** `stackcast destinations rotate-secret`. */
export const rotateSecret = (id: string, options: RotateOptions, surroundings: Surroundings): Answered =>
  withClient(options, surroundings, async (client) =>
    answered(
      await client.rotateSecret(id, options.grace),
      {
        lines: ({ secret, previousSecretUntil }) => [
          `Secret: ${secret} (told now and never again; the old one signs until ${previousSecretUntil})`,
        ],
      },
      options.output,
      surroundings,
    ),
  );

/** `stackcast destinations deliveries`. */
export const deliveries = (id: string, options: DeliveriesOptions, surroundings: Surroundings): Answered =>
  withClient(options, surroundings, async (client) => {
    const items: Delivery[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.deliveries(id, {
        ...(options.state !== undefined && { state: options.state }),
        ...(cursor !== undefined && { cursor }),
        limit: Math.min(PAGE, options.limit - items.length),
      });
      if (!page.ok) return complainOf(surroundings, page.failure);
      items.push(...page.value.items);
      cursor = page.value.nextCursor;
    } while (cursor !== undefined && items.length < options.limit);
    return answered(
      success({ items, ...(cursor !== undefined && { nextCursor: cursor }) }),
      {
        lines: () => (items.length === 0 ? ["Nothing was sent."] : deliveriesTable(items)),
        problems: () => {
          const bad = items.filter(({ attempts }) => attempts.at(-1)?.error !== undefined);
          return bad.length === 0 ? [] : deliveriesTable(bad);
        },
        items: () => items,
      },
      options.output,
      surroundings,
    );
  });

/** `stackcast destinations redeliver`. */
export const redeliver = (
  id: string,
  messageId: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Answered =>
  withClient(options, surroundings, async (client) =>
    answered(
      await client.redeliver(id, messageId),
      { lines: (delivery) => deliveriesTable([delivery]) },
      options.output,
      surroundings,
    ),
  );

/** Destinations and deliveries in words: what people see of them. */
import type { Delivery, Destination, DestinationAnswer } from "../../protocol/destinations.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { tableLines } from "../table.ts";

const targetOf = ({ url, routingKey, to }: Destination): string =>
  url ?? (routingKey === undefined ? [to ?? []].flat().join(" ") : `…${routingKey}`);

/** Destinations, a row each. */
export const destinationsTable = (items: readonly Destination[]): string[] =>
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

/** A destination and what there is to know of it. */
export const destinationLines = (destination: Destination & Partial<DestinationAnswer>): string[] => [
  ...destinationsTable([destination]),
  ...(destination.pending === undefined
    ? []
    : [`${destination.pending} messages wait, ${destination.dead ?? 0} were given up`]),
  ...(destination.previousSecretUntil === undefined
    ? []
    : [`an older secret signs beside the new one until ${destination.previousSecretUntil}`]),
  ...(destination.failingSince === undefined
    ? []
    : [`nothing has arrived since ${destination.failingSince}`]),
  ...(destination.disabled
    ? [
        `disabled since ${destination.disabled.at}: ${destination.disabled.reason}; stackcast destinations enable continues`,
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

/** Messages with what became of them, a row each. */
export const deliveriesTable = (items: readonly Delivery[]): string[] =>
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

/** What was sent to a destination, and sending it once more. */
import type { Delivery } from "../../protocol/destinations.ts";
import { answered, type AskingOptions } from "../asking.ts";
import type { DeliveriesOptions, RecoverOptions } from "../commands/destinations.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { withDestinations } from "./destinations.ts";
import { deliveriesTable } from "./destination-tables.ts";
import { gathered } from "./gathered.ts";

type Answered = Promise<ExitCode> | ExitCode;

/** As many as an answer holds. */
const PAGE = 100;

/** `stackcast destinations deliveries`. */
export const deliveries = (id: string, options: DeliveriesOptions, surroundings: Surroundings): Answered =>
  withDestinations(options, surroundings, async (client) => {
    const { state, limit } = options;
    const found = await gathered<Delivery>({ limit, most: PAGE }, (page) =>
      client.deliveries(id, { ...(state !== undefined && { state }), ...page }),
    );
    return answered(
      found,
      {
        lines: ({ items }) => (items.length === 0 ? ["Nothing was sent."] : deliveriesTable(items)),
        problems: ({ items }) => {
          const bad = items.filter(({ attempts }) => attempts.at(-1)?.error !== undefined);
          return bad.length === 0 ? [] : deliveriesTable(bad);
        },
        items: ({ items }) => items,
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
  withDestinations(options, surroundings, async (client) =>
    answered(
      await client.redeliver(id, messageId),
      { lines: (delivery) => deliveriesTable([delivery]) },
      options.output,
      surroundings,
    ),
  );

/** `stackcast destinations recover`. */
export const recover = (id: string, options: RecoverOptions, surroundings: Surroundings): Answered =>
  withDestinations(options, surroundings, async (client) =>
    answered(
      await client.recover(id, options.since),
      {
        lines: ({ recovered }) => [
          recovered === 0
            ? `Nothing was given up since ${options.since}.`
            : `${recovered} ${recovered === 1 ? "message is" : "messages are"} sent again, oldest first.`,
        ],
      },
      options.output,
      surroundings,
    ),
  );

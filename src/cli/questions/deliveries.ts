/** What was sent to a destination, and sending it once more. */
import type { Delivery } from "../../protocol/destinations.ts";
import { success } from "../../protocol/result.ts";
import { answered, type AskingOptions } from "../asking.ts";
import type { DeliveriesOptions, RecoverOptions } from "../commands/destinations.ts";
import { complainOf } from "../complaint.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { withDestinations } from "./destinations.ts";
import { deliveriesTable } from "./destination-tables.ts";

type Answered = Promise<ExitCode> | ExitCode;

/** As many as an answer holds. */
const PAGE = 100;

/** `stackcast destinations deliveries`. */
export const deliveries = (id: string, options: DeliveriesOptions, surroundings: Surroundings): Answered =>
  withDestinations(options, surroundings, async (client) => {
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

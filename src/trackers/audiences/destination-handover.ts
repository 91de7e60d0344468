/** Gives destinations what they ask for of a piece of a deployment's log, several at the same time. */
import { recipientsOf } from "../../destinations/kinds/email.ts";
import type { DestinationRule, HandedMessage, HandOver } from "../../protocol/rpc/destination-feed.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, outboxOf } from "../../objects.ts";
import type { Candidate, FedChannel } from "./destination-pieces.ts";
import { isFor } from "./destination-rules.ts";

/** Outboxes called at the same time; fewer if the events are large: the memory of an object is small. */
const CONCURRENCY = 10;
const MOST_CHARACTERS_AT_ONCE = 8 * 1024 * 1024;

/** How many outboxes may be called at the same time with messages of so many characters. */
export const callsAtOnce = (characters: number): number =>
  Math.max(1, Math.min(CONCURRENCY, Math.floor(MOST_CHARACTERS_AT_ONCE / Math.max(1, characters))));

/** Gives each destination what it asks for; tells which of them could not be reached. */
export const handedOver = async (
  env: Env,
  channel: FedChannel,
  rules: readonly DestinationRule[],
  events: readonly Candidate[],
): Promise<readonly DestinationRule[]> => {
  const late: DestinationRule[] = [];
  const left = [...rules];
  const atOnce = callsAtOnce(events.reduce((sum, { frame }) => sum + frame.length, 0));
  while (left.length > 0)
    await Promise.all(
      left.splice(0, atOnce).map(async (rule) => {
        if (!(await give(env, channel, rule, messagesFor(rule, events)))) late.push(rule);
      }),
    );
  return late;
};

const give = async (
  env: Env,
  { name, log }: FedChannel,
  { id }: DestinationRule,
  messages: readonly HandedMessage[],
): Promise<boolean> => {
  if (messages.length === 0) return true;
  const handOver: HandOver = { channel: name, epoch: log.epoch, messages, version: RPC_VERSION };
  try {
    // A destination that is deleted meanwhile wants nothing more.
    await call(
      () => outboxOf(env, id),
      (outbox) => outbox.take(handOver),
    );
    return true;
  } catch (error) {
    logLine("warn", "Destination not reached", { destination: id, error: String(error) });
    return false;
  }
};

const messagesFor = (rule: DestinationRule, events: readonly Candidate[]): readonly HandedMessage[] =>
  events.flatMap((event) => {
    if (!isFor(rule, event.type)) return [];
    try {
      return messageFor(rule, event) ?? [];
    } catch (error) {
      // A bug with one event must not keep all that follow from going out.
      logLine("error", "No alert", { type: event.type, error: String(error) });
      return [];
    }
  });

/** Undefined if there is nobody to tell. */
const messageFor = (rule: DestinationRule, { offset, type, frame, alert }: Candidate) => {
  if (rule.kind === "webhook") return { offset, type, body: frame };
  if (rule.toOwner && recipientsOf(alert(), undefined).length === 0) return undefined;
  return { offset, type, body: JSON.stringify(alert()) };
};

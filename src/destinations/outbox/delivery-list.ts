/** The deliveries of a destination, a page at a time: first what waits, in its order, then the log, newest first. */
import * as z from "zod";
import type { Delivery, DeliveryList, DeliveryQuery } from "../../protocol/destinations.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { LoggedMessage } from "./delivery-log.ts";
import { messageIdOf } from "./message-id.ts";
import type { LaneHead } from "./outbox-lane.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** Where a page ended: at a message that waits, or at a number of the log. */
type End = Readonly<{ lane: number; place: number }> | Readonly<{ number: number }>;

const START: End = { lane: 0, place: 0 };

const numberSchema = z.coerce.number().int().nonnegative();

const endIn = (cursor: string): End | undefined => {
  const [, lane, place, logged] = /^(?:w(\d+)-(\d+)|l(\d+))$/.exec(cursor) ?? [];
  if (logged !== undefined) return { number: numberSchema.parse(logged) };
  return lane !== undefined && place !== undefined
    ? { lane: numberSchema.parse(lane), place: numberSchema.parse(place) }
    : undefined;
};

const cursorOf = (end: End): string => ("number" in end ? `l${end.number}` : `w${end.lane}-${end.place}`);

const badCursor: Failure = {
  code: "INVALID_REQUEST",
  message: "cursor: must be one that an earlier page gave",
  details: [{ field: "cursor", message: "must be one that an earlier page gave" }],
};

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** A message as it is shown. */
export const deliveryOf = (destination: string, message: LaneHead | LoggedMessage): Delivery => {
  if ("message" in message) {
    const { lane, channel, attempts, due } = message;
    const { offset, type, createdAt } = message.message;
    return {
      messageId: messageIdOf(destination, { lane, place: offset }),
      state: "pending",
      type,
      channel,
      offset,
      createdAt: timeOf(createdAt),
      ...(attempts.length > 0 && { nextAttemptAt: timeOf(due) }),
      attempts: [...attempts],
    };
  }
  const { channel, type, state, createdAt, settledAt, attempts, place } = message;
  return {
    messageId: messageIdOf(destination, message),
    state,
    type,
    ...(channel !== undefined && { channel, offset: place }),
    createdAt: timeOf(createdAt),
    ...(state !== "pending" && { settledAt: timeOf(settledAt) }),
    attempts: [...attempts],
  };
};

/** One page; rows are read as they are asked for. */
export const deliveryList = (
  destination: string,
  { lanes, log }: Pick<OutboxStore, "lanes" | "log">,
  { state, cursor, limit }: DeliveryQuery,
): Result<DeliveryList, Failure> => {
  const start = cursor === undefined ? START : endIn(cursor);
  if (!start) return failed(badCursor);
  const items: Delivery[] = [];
  let end: End = start;
  for (const [delivery, at] of walk()) {
    if (items.length === limit) return success({ items, nextCursor: cursorOf(end) });
    items.push(delivery);
    end = at;
  }
  return success({ items });

  function* walk(): Generator<readonly [Delivery, End]> {
    if (!("number" in start!) && (state === undefined || state === "pending"))
      for (const head of lanes.waiting(start!))
        yield [deliveryOf(destination, head), { lane: head.lane, place: head.message.offset }];
    for (const entry of log.before("number" in start! ? start.number : Number.MAX_SAFE_INTEGER, state))
      yield [deliveryOf(destination, entry), { number: entry.number }];
  }
};

export const NO_DELIVERY: Failure = {
  code: "DELIVERY_NOT_FOUND",
  message: "The destination has no such message, or no longer",
};

export const CLOSED_SINCE: Failure = {
  code: "INVALID_TRANSITION",
  message: "The incident was closed in the meantime: sending this again would reopen it",
};

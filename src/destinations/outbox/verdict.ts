/** What follows from an attempt: delivered, again later, given up, or given up with the whole destination. */
import type { DestinationKind } from "../../protocol/destinations.ts";
import type { ExchangeAnswer } from "../exchange.ts";

export type DeliveryVerdict =
  | Readonly<{ kind: "delivered" }>
  | Readonly<{ kind: "again"; inMs: number }>
  | Readonly<{ kind: "dead" }>
  /** Given up, and nothing more is to be sent. */
  | Readonly<{ kind: "gone" }>;

/** A receiver may ask to be left alone so long, in milliseconds, and is not asked sooner or later than that. */
const RETRY_AFTER_MS = { least: 1_000, most: 86_400_000 } as const;

/** Waits are spread by so much in both directions, so that a receiver does not meet all that failed with it at once. */
const SPREAD = 0.2;

/** Statuses by which a service says that it will never take this message. */
const REFUSALS: Readonly<Record<DestinationKind, readonly number[]>> = {
  webhook: [],
  slack: [400, 403],
  pagerduty: [400],
  // SES says 400 also of what passes, such as a quota.
  email: [],
};

/** Statuses by which a service says that nobody is there any more. */
const GONE: Readonly<Record<DestinationKind, readonly number[]>> = {
  webhook: [410],
  slack: [404, 410],
  pagerduty: [410],
  email: [],
};

/**
 * The verdict on attempt number `attempts`, from 1. `waits`: seconds between the attempts; after the last one it is the
 * end. `random`: from 0 up to but not including 1.
 */
export const verdictOf = (
  { status, error, final, retryAfterMs }: ExchangeAnswer,
  kind: DestinationKind,
  attempts: number,
  waits: readonly number[],
  random: number,
): DeliveryVerdict => {
  if (error === undefined) return { kind: "delivered" };
  if (status !== undefined && GONE[kind].includes(status)) return { kind: "gone" };
  if (final || (status !== undefined && REFUSALS[kind].includes(status))) return { kind: "dead" };
  const wait = waits[attempts - 1];
  if (wait === undefined) return { kind: "dead" };
  const spread = wait * 1000 * (1 - SPREAD + 2 * SPREAD * random);
  return { kind: "again", inMs: Math.round(Math.max(spread, boundedWait(retryAfterMs))) };
};

/** How long a receiver is left alone that asks for it; 0 if it does not. */
export const boundedWait = (retryAfterMs: number | undefined): number =>
  retryAfterMs === undefined
    ? 0
    : Math.min(RETRY_AFTER_MS.most, Math.max(RETRY_AFTER_MS.least, retryAfterMs));

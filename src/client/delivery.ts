/** What becomes of an orchestrator's events on their way to the server, reported to whoever wants to know. */
import type { RestFailure } from "./rest-call.ts";

export type DeliveryNotice =
  /** Arrived; `refused` lists what the server would not take, event by event. */
  | Readonly<{ kind: "delivered"; events: number; refused: readonly RefusedEvent[] }>
  /** Not arrived; it is tried again. */
  | Readonly<{ kind: "delayed"; failure: RestFailure; failures: number; waiting: number }>
  /** Will never arrive. */
  | Readonly<{ kind: "dropped"; id: string; type: string; reason: string }>
  /** More durable events wait than the buffer should hold; none of them is dropped. Reported once until it empties. */
  | Readonly<{ kind: "full"; waiting: number }>;

type RefusedEvent = Readonly<{ id: string | undefined; type: string; code: string; message: string }>;

/** What the rest of the way does with a failure. */
export type RefusalVerdict = "again" | "divide";

/** Statuses of requests that are at fault themselves. */
const AT_FAULT: ReadonlySet<number | undefined> = new Set([400, 409, 413, 422]);

/**
 * Whether the request itself is at fault: then a part of it may be taken. All else is tried again for as long as it takes,
 * a token or a right that is missing too, as both can be given meanwhile. What comes before a deployment's beginning is at
 * fault: its beginning waits behind it.
 */
export const refusalVerdictOn = ({ status, code }: RestFailure): RefusalVerdict =>
  AT_FAULT.has(status) || code === "DEPLOYMENT_NOT_FOUND" ? "divide" : "again";

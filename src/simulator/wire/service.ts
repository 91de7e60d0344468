/** What the server asks of each simulated AWS service; requests reach it by the service name that they are signed for. */
import type { WireRequest } from "./sigv4.ts";
import type { Refusal } from "./refusal.ts";

/** A request whose signature was right. */
export type SignedRequest = WireRequest & Readonly<{ region: string }>;

/** An answer, ready to be sent. */
export type Answer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}>;

/** What faults are matched by and the call log shows. */
export type RequestSummary = Readonly<{
  action: string;
  /** Name or ARN as sent; empty if none. */
  stack: string;
  /** From 1. */
  page: number;
}>;

/** One AWS service, as far as it is simulated. */
export type Service = Readonly<{
  summaryOf(request: SignedRequest): RequestSummary;
  /** May throw a `Refusal`. */
  answer(request: SignedRequest): Answer | Promise<Answer>;
  /** The refusal in the service's own error shape. */
  refusalAnswer(refusal: Refusal): Answer;
}>;

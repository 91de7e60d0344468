/** Faults of the wire: what stands in for a right answer, or is done to it. */
import { setTimeout as wait } from "node:timers/promises";
import type { Faults, ParsedFault } from "./faults.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, RequestSummary, Service } from "../wire/service.ts";
import { expiredToken } from "../wire/sigv4.ts";

/** What to do with a request. */
export type Delivery =
  | Readonly<{ kind: "answer"; answer: Answer; outcome: string }>
  /** The connection is cut. */
  | Readonly<{ kind: "reset" }>
  /** Part of the body, then the connection is cut. */
  | Readonly<{ kind: "truncated"; answer: Answer }>;

const KINDS = [
  "throttle",
  "server-error",
  "reset",
  "hang",
  "truncate",
  "garbage",
  "doctype",
  "expired-token",
  "access-denied",
  "latency",
] as const;

type WireFault = Extract<ParsedFault, { kind: (typeof KINDS)[number] }>;

const GARBAGE = "upstream connect error or disconnect/reset before headers";
const DOCTYPE = '<!DOCTYPE answer [<!ENTITY injected "injected">]>\n';
/** Longer than any client waits; the simulator's end cuts the connection. */
const FOREVER_MS = 24 * 60 * 60 * 1000;

const refusalOf = (fault: WireFault, service: string, action: string): Refusal | undefined => {
  switch (fault.kind) {
    case "throttle":
      return new Refusal("Throttling", "Rate exceeded");
    case "server-error":
      return fault.status === 503
        ? new Refusal("ServiceUnavailable", "Service is unavailable", fault.status)
        : new Refusal("InternalFailure", "An internal error has occurred", fault.status);
    case "expired-token":
      return expiredToken();
    case "access-denied": {
      const who = "arn:aws:iam::123456789012:user/simulator";
      const text = `User: ${who} is not authorized to perform: ${service}:${action} because no identity-based policy allows the ${service}:${action} action`;
      return new Refusal("AccessDenied", text, 403);
    }
    case "reset":
    case "hang":
    case "truncate":
    case "garbage":
    case "doctype":
    case "latency":
      return undefined;
  }
};

/** The faults that strike this request, applied to `answer`, which is asked only if it is needed. */
export const deliver = async (
  faults: Faults,
  summary: RequestSummary,
  name: string,
  service: Service,
  answer: () => Promise<Answer>,
  closing: AbortSignal,
): Promise<Delivery> => {
  const struck = faults.strike(KINDS, { ...summary, service: name, stacks: [summary.stack] });
  for (const fault of struck) {
    if (fault.kind === "latency") await wait(fault.milliseconds, undefined, { signal: closing, ref: false });
    if (fault.kind === "reset") return { kind: "reset" };
    if (fault.kind === "hang") {
      await wait(fault.milliseconds ?? FOREVER_MS, undefined, { signal: closing, ref: false });
    }
    const refusal = refusalOf(fault, name, summary.action);
    if (refusal !== undefined) {
      return { kind: "answer", answer: service.refusalAnswer(refusal), outcome: refusal.code };
    }
  }
  try {
    const right = await answer();
    for (const fault of struck) {
      if (fault.kind === "truncate") return { kind: "truncated", answer: right };
      if (fault.kind === "garbage")
        return { kind: "answer", answer: { ...right, body: GARBAGE }, outcome: "garbage" };
      if (fault.kind === "doctype") {
        return { kind: "answer", answer: { ...right, body: DOCTYPE + right.body }, outcome: "doctype" };
      }
    }
    return { kind: "answer", answer: right, outcome: "ok" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "answer", answer: service.refusalAnswer(error), outcome: error.code };
  }
};

/**
 * Faults on request: which answers go wrong, how, and how often. Matching is by action, stack and page; what cannot
 * be known from a request (events that stay invisible, a status that lags) is applied by the actions themselves.
 */
import { z } from "zod";
import { randomOf, type Random } from "../random.ts";

/** When a fault is in force, in real time from when it was added. */
const when = {
  startsInMs: z.number().nonnegative().optional(),
  /** Absent: until it is cleared or used up. */
  lastsMs: z.number().positive().optional(),
};

const where = {
  ...when,
  /** `cloudformation`, as signed; absent: any. */
  service: z.string().optional(),
  /** `DescribeStackEvents`; absent: any. */
  action: z.string().optional(),
  /** Name or ARN as sent; absent: any. */
  stack: z.string().optional(),
  /** From 1: only this page of a walk. */
  page: z.number().int().positive().optional(),
  /** How many requests it hits; absent: all, until it is cleared. */
  count: z.number().int().positive().optional(),
  /** Share of the matching requests that it hits. */
  probability: z.number().min(0).max(1).optional(),
};

/** A fault as written by a test or sent to the control endpoint. */
export const faultSchema = z.discriminatedUnion("kind", [
  /** HTTP 400, `Throttling`, "Rate exceeded". */
  z.object({ kind: z.literal("throttle"), ...where }),
  z.object({
    kind: z.literal("server-error"),
    status: z.number().int().min(500).max(599).default(500),
    ...where,
  }),
  /** The connection is cut before the answer. */
  z.object({ kind: z.literal("reset"), ...where }),
  /** No answer, for so long or for ever. */
  z.object({ kind: z.literal("hang"), milliseconds: z.number().positive().optional(), ...where }),
  /** Half of the body, then the connection is cut. */
  z.object({ kind: z.literal("truncate"), ...where }),
  /** HTTP 200 with text that is no XML. */
  z.object({ kind: z.literal("garbage"), ...where }),
  /** HTTP 200 with the right answer behind a DOCTYPE that declares an entity. */
  z.object({ kind: z.literal("doctype"), ...where }),
  z.object({ kind: z.literal("expired-token"), ...where }),
  z.object({ kind: z.literal("access-denied"), ...where }),
  z.object({ kind: z.literal("latency"), milliseconds: z.number().nonnegative(), ...where }),
  /** The next event of the stack stays invisible in so many further reads that already show a newer one. */
  z.object({
    kind: z.literal("late-events"),
    reads: z.number().int().positive(),
    logicalId: z.string().optional(),
    status: z.string().optional(),
    ...when,
    stack: where.stack,
    count: where.count,
    probability: where.probability,
  }),
  /** An update's clean-up, that of its rollback too, lasts so many simulated seconds longer. */
  z.object({
    kind: z.literal("slow-clean-up"),
    seconds: z.number().positive(),
    ...when,
    stack: where.stack,
    count: where.count,
    probability: where.probability,
  }),
  /** DescribeStacks answers with the status before the newest one. */
  z.object({ kind: z.literal("stale-status"), ...where }),
]);

/** Something that goes wrong. */
export type Fault = z.input<typeof faultSchema>;

/** A fault with its defaults filled in. */
export type ParsedFault = z.output<typeof faultSchema>;

/** A fault in force. */
export type FaultHandle = Readonly<{
  /** How often it has struck. */
  hits(): number;
  clear(): void;
}>;

/** What a request, or an event, is matched by. */
export type Occasion = Readonly<{
  service?: string;
  action?: string;
  stacks: readonly string[];
  page?: number;
}>;

const isInForce = ({ startsInMs = 0, lastsMs = Infinity }: ParsedFault, ageMs: number): boolean =>
  ageMs >= startsInMs && ageMs < startsInMs + lastsMs;

/** The faults in force. */
export class Faults {
  #active = new Map<number, { fault: ParsedFault; hits: number; addedAt: number }>();
  #next = 1;
  #random: Random;

  constructor(seed: number) {
    this.#random = randomOf(seed, "faults");
  }

  add(fault: Fault): FaultHandle {
    const id = this.#next++;
    const entry = { fault: faultSchema.parse(fault), hits: 0, addedAt: Date.now() };
    this.#active.set(id, entry);
    return { hits: () => entry.hits, clear: () => void this.#active.delete(id) };
  }

  clear(): void {
    this.#active.clear();
  }

  /** The faults of these kinds that strike now, oldest first; each is counted as used. */
  strike<Kind extends ParsedFault["kind"]>(
    kinds: readonly Kind[],
    occasion: Occasion,
    also: (fault: Extract<ParsedFault, { kind: Kind }>) => boolean = () => true,
  ): Extract<ParsedFault, { kind: Kind }>[] {
    const isOfKind = (fault: ParsedFault): fault is Extract<ParsedFault, { kind: Kind }> =>
      kinds.some((kind) => kind === fault.kind);
    const struck: Extract<ParsedFault, { kind: Kind }>[] = [];
    for (const [id, entry] of this.#active) {
      const { fault } = entry;
      if (!isInForce(fault, Date.now() - entry.addedAt)) continue;
      if (!isOfKind(fault) || !this.#matches(fault, occasion) || !also(fault)) continue;
      if (fault.probability !== undefined && this.#random() >= fault.probability) continue;
      entry.hits += 1;
      if (fault.count !== undefined && entry.hits >= fault.count) this.#active.delete(id);
      struck.push(fault);
    }
    return struck;
  }

  #matches(fault: ParsedFault, occasion: Occasion): boolean {
    if (fault.stack !== undefined && !occasion.stacks.includes(fault.stack)) return false;
    if ("service" in fault && fault.service !== undefined && fault.service !== occasion.service) return false;
    if ("action" in fault && fault.action !== undefined && fault.action !== occasion.action) return false;
    return !("page" in fault && fault.page !== undefined && fault.page !== occasion.page);
  }
}

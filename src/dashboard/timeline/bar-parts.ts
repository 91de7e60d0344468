/**
 * What a stack's bar is made of in time: what was done and what was rolled back, each from when to when. Between two parts it
 * waited. Known from the run's events, taken in as they come.
 */
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import type { TimeSpan } from "./timeline-run.ts";

export type BarPart = Readonly<{ look: "done" | "failed" | "reverted"; span: TimeSpan }>;

export type PartsByStack = ReadonlyMap<string, readonly BarPart[]>;

type Line = Readonly<{ offset: number; frame: DeploymentFrame }>;

const NONE: readonly BarPart[] = [];

const BEGINNINGS: ReadonlySet<string> = new Set(["stack_deploying", "stack_rolling_back", "stack_deleting"]);

const ENDS: ReadonlySet<string> = new Set([
  "stack_deployed",
  "stack_failed",
  "stack_rolled_back",
  "stack_deleted",
]);

const UNDOING: ReadonlySet<string> = new Set(["deployment_rolling_back", "deployment_destroying"]);

/** The parts with the last one ended, if it goes on. */
const ended = (parts: readonly BarPart[], at: number, look = parts.at(-1)?.look): readonly BarPart[] => {
  const last = parts.at(-1);
  if (!last || last.span.end !== undefined || look === undefined) return parts;
  return [
    ...parts.slice(0, -1),
    { look, span: { start: last.span.start, end: Math.max(last.span.start, at) } },
  ];
};

export class BarParts {
  #parts = new Map<string, readonly BarPart[]>();
  #isUndoing = false;
  #taken = 0;
  #last: Line | undefined;
  #first = Number.NaN;

  /** The parts as of these lines, oldest first, that lie within a range of offsets. The same map if nothing has changed. */
  take(lines: readonly Line[], [first, end]: readonly [number, number]): PartsByStack {
    const isGrown = this.#first === first && lines[this.#taken - 1] === this.#last;
    if (!isGrown) this.#begin(first);
    const fresh = lines.slice(this.#taken);
    if (fresh.length === 0) return this.#parts;
    this.#parts = new Map(this.#parts);
    for (const { offset, frame } of fresh) if (offset >= first && offset <= end) this.#takeOne(frame);
    this.#taken = lines.length;
    this.#last = lines.at(-1);
    return this.#parts;
  }

  #begin(first: number): void {
    this.#parts = new Map();
    this.#isUndoing = false;
    this.#taken = 0;
    this.#last = undefined;
    this.#first = first;
  }

  #takeOne(frame: DeploymentFrame): void {
    const { type, timestamp, data } = frame;
    if (UNDOING.has(type)) this.#isUndoing = true;
    if (!("stack" in data)) return;
    const at = Date.parse(timestamp);
    const before = this.#parts.get(data.stack) ?? NONE;
    const after = this.#after(before, type, at);
    if (after !== before) this.#parts.set(data.stack, after);
  }

  #after(before: readonly BarPart[], type: string, at: number): readonly BarPart[] {
    const isGoing = before.length > 0 && before.at(-1)?.span.end === undefined;
    if (ENDS.has(type)) {
      const failsInPlace = type === "stack_failed" && before.at(-1)?.look === "done";
      return ended(before, at, failsInPlace ? "failed" : undefined);
    }
    if (BEGINNINGS.has(type)) {
      const look = type === "stack_deploying" && !this.#isUndoing ? "done" : "reverted";
      if (isGoing && before.at(-1)?.look === look) return before;
      return [...ended(before, at), { look, span: { start: at } }];
    }
    // An update is rolled back without a beginning of its own.
    if (!this.#isUndoing || isGoing || !type.startsWith("resource_") || before.length === 0) return before;
    return [...before, { look: "reverted", span: { start: at } }];
  }
}

/** Seconds that were spent on rolling back, until `now` while that goes on. */
export const revertedSeconds = (parts: readonly BarPart[], now: number): number =>
  parts
    .filter(({ look }) => look === "reverted")
    .reduce((sum, { span: { start, end = now } }) => sum + Math.max(0, end - start) / 1000, 0);

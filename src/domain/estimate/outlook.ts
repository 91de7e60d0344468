/**
 * How much longer an operation takes: the longest way through what runs and what waits, each of the running ones with what is
 * left of it. It is kept up task by task, and what an event costs does not grow with the number of resources that are done.
 */
import {
  besides,
  inTurn,
  levelOfLast,
  quantileOf,
  restAfter,
  type Basis,
  type Durations,
  type DurationRange,
} from "./durations.ts";
import {
  TemplateOrder,
  TypicalOrder,
  type Dependencies,
  type DurationsOf,
  type WorkItem,
  type WorkOrder,
} from "./work-order.ts";

/** A task of a stack that runs since a time (milliseconds of the epoch), or waits. */
export type Placed = WorkItem & Readonly<{ stackId: string; since?: number | undefined }>;

/** Where a nested stack's tasks belong: it is a task of the stack around it. */
export type Around = Readonly<{ stackId: string; task: WorkItem }>;

/** What is left of an operation. */
export type Rest = Readonly<{
  /** Undefined: it takes longer than ever. */
  span: DurationRange | undefined;
  basis: Basis;
  sample: number;
  /** Seconds in which what is waited for is done usually, and nearly always. */
  usual: Readonly<{ p50: number; p90: number }>;
  /** What is waited for longest of all that runs. */
  task?: WorkItem;
}>;

/** Tasks that run beside each other, of which the same is to be expected, as is of what follows them. */
type Group = {
  task: WorkItem;
  durations: Durations;
  since: Map<string, number>;
  latest: number;
  after: DurationRange;
};

type Part = {
  order: WorkOrder;
  groups: Map<string, Group>;
  /** What runs, with the key of its group. */
  running: Map<string, Readonly<{ placed: Running; key: string }>>;
  waiting: number;
  /** What follows the running tasks is to be found again. */
  isStale: boolean;
};

type Running = Placed & Readonly<{ since: number }>;

export class Outlook {
  private readonly parts = new Map<string, Part>();
  /** Tasks that are nested stacks of which the tasks are known, by the stack around them. */
  private readonly opened = new Map<string, Part>();
  private readonly durationsOf: DurationsOf;
  private readonly dependenciesOf: (stackId: string) => Dependencies | undefined;
  private readonly aroundOf: (stackId: string) => Around | undefined;

  constructor(
    durationsOf: DurationsOf,
    dependenciesOf: (stackId: string) => Dependencies | undefined,
    aroundOf: (stackId: string) => Around | undefined,
  ) {
    this.durationsOf = durationsOf;
    this.dependenciesOf = dependenciesOf;
    this.aroundOf = aroundOf;
  }

  /** A task is there (`true`), or is not any more. */
  note(placed: Placed, isThere: boolean): void {
    const part = this.partOf(placed.stackId);
    if (isRunning(placed)) {
      if (isThere) this.run(part, placed);
      else stop(part, placed);
      return;
    }
    part.waiting += isThere ? 1 : -1;
    if (part.order.note(placed, isThere)) part.isStale = true;
    // What has begun is not waited for any more by what it depends on.
    else for (const id of part.order.before(placed)) this.refresh(part, `${placed.verb} ${id}`);
  }

  private run(part: Part, placed: Running): void {
    const durations = this.durationsOf(placed);
    const after = rounded(part.order.after(placed));
    const isAlone = placed.type === NESTED || durations.basis === "history";
    const follows = part.order.isByTask ? ` ${after.p50} ${after.spread}` : "";
    const key = `${placed.verb} ${isAlone ? placed.id : placed.type}${follows}`;
    let group = part.groups.get(key);
    if (!group) {
      group = { task: placed, durations, since: new Map(), latest: -Infinity, after };
      part.groups.set(key, group);
    }
    part.running.set(`${placed.verb} ${placed.id}`, { placed, key });
    group.since.set(placed.id, placed.since);
    group.latest = Math.max(group.latest, placed.since);
  }

  private refresh(part: Part, name: string): void {
    const running = part.running.get(name);
    if (!running) return;
    stop(part, running.placed);
    this.run(part, running.placed);
  }

  /** The stack's tasks are known: what they take, and not it as a whole, is what is left of it. */
  open(stackId: string): void {
    this.partOf(stackId);
  }

  /** What is left at a time; undefined: nothing runs, and nothing waits. */
  at(now: number): Rest | undefined {
    let longest: Rest | undefined;
    for (const [stackId, part] of this.parts) {
      // A copy of the names: each is taken out and put in again.
      if (part.isStale && part.order.isByTask)
        for (const name of Array.from(part.running.keys())) this.refresh(part, name);
      part.isStale = false;
      const beyond = this.beyond(stackId);
      let soonest = Infinity;
      for (const group of part.groups.values()) {
        const after = inTurn(part.order.isByTask ? group.after : part.order.after(group.task), beyond);
        // What a nested stack takes, its own tasks tell; with the last of them it is about to end.
        const opened = this.opened.get(`${stackId} ${group.task.id}`);
        if (!opened) {
          const rest = restOf(group, after, now);
          soonest = Math.min(soonest, rest.own);
          longest = longer(longest, rest);
        } else if (opened.groups.size === 0 && opened.waiting === 0) {
          soonest = 0;
          longest = longer(longest, endingRest(group, after));
        }
      }
      if (part.waiting === 0) continue;
      // All begins that can: what waits does so for one that runs, and be it for the one that ends first.
      const first = { p50: soonest === Infinity ? 0 : soonest, spread: 0 };
      const waits = inTurn(inTurn(first, part.order.longest()), beyond);
      const usual = { p50: waits.p50, p90: waits.p50 + waits.spread };
      longest = longer(longest, { span: waits, basis: longest?.basis ?? "typical", sample: 0, usual });
    }
    return longest;
  }

  /** What follows a nested stack in those around it. */
  private beyond(stackId: string): DurationRange {
    let span = CLOSING;
    let around = this.aroundOf(stackId);
    // As deep as AWS lets stacks be nested, and no cycle.
    for (let depth = 0; around && depth < 12; depth += 1) {
      const part = this.parts.get(around.stackId);
      if (part) span = inTurn(inTurn(span, ENDING), part.order.after(around.task));
      around = this.aroundOf(around.stackId);
    }
    return span;
  }

  private partOf(stackId: string): Part {
    const known = this.parts.get(stackId);
    if (known) return known;
    const dependencies = this.dependenciesOf(stackId);
    const order = dependencies
      ? new TemplateOrder(dependencies, this.durationsOf)
      : new TypicalOrder(this.durationsOf);
    const part: Part = { order, groups: new Map(), running: new Map(), waiting: 0, isStale: false };
    this.parts.set(stackId, part);
    const around = this.aroundOf(stackId);
    if (around) this.opened.set(`${around.stackId} ${around.task.id}`, part);
    return part;
  }
}

const isRunning = (placed: Placed): placed is Running => placed.since !== undefined;

/** To the second: what differs by less is one group. */
const rounded = ({ p50, spread }: DurationRange): DurationRange => ({
  p50: Math.round(p50),
  spread: Math.round(spread),
});

const stop = (part: Part, { id, verb, since }: Running): void => {
  const key = part.running.get(`${verb} ${id}`)?.key ?? "";
  const group = part.groups.get(key);
  part.running.delete(`${verb} ${id}`);
  if (!group) return;
  group.since.delete(id);
  if (group.since.size === 0) part.groups.delete(key);
  else if (group.latest === since) group.latest = Math.max(...group.since.values());
};

const NESTED = "AWS::CloudFormation::Stack";

/** From the end of a nested stack's last resource to that of the stack: who waits for it looks now and then. */
const ENDING: DurationRange = { p50: 6, spread: 14 };

/** From the last resource's end to the operation's. */
const CLOSING: DurationRange = { p50: 2, spread: 2 };

/** All that is known is done: the operation is about to end. */
export const CLOSING_REST: Rest = {
  span: CLOSING,
  basis: "typical",
  sample: 0,
  usual: { p50: 2, p90: 4 },
};

const endingRest = ({ durations: { basis, sample } }: Group, after: DurationRange): Rest => ({
  span: inTurn(ENDING, after),
  basis,
  sample,
  usual: { p50: 6, p90: 20 },
});

const restOf = (
  { task, durations, since, latest }: Group,
  after: DurationRange,
  now: number,
): Rest & { own: number } => {
  const elapsed = Math.max(0, now - latest) / 1000;
  const { basis, sample } = durations;
  const usual = { p50: quantileOf(durations, 0.5), p90: quantileOf(durations, 0.9) };
  const [p50, p90] = [0.5, 0.9].map((level) => restAfter(durations, elapsed, levelOfLast(level, since.size)));
  if (p50 === undefined || p90 === undefined) return { span: undefined, basis, sample, usual, task, own: 0 };
  return { span: inTurn({ p50, spread: p90 - p50 }, after), basis, sample, usual, task, own: p50 };
};

/** The longer of two ways. One that takes longer than ever outlasts all that are to end before it would. */
const longer = (one: Rest | undefined, other: Rest): Rest => {
  if (!one) return other;
  const [first, second] = [one, other].map(({ span, usual }) => span?.p50 ?? usual.p90);
  const [long, short] = first! >= second! ? [one, other] : [other, one];
  if (!long.span || !short.span) return long;
  return { ...long, span: besides(long.span, short.span) };
};

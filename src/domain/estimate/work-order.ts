/**
 * What comes after what within one stack: how long what still waits takes, from its first step to the last. By the template
 * where its dependencies are known, else by what types usually wait for.
 */
import {
  besides,
  inTurn,
  NOTHING,
  wholeOf,
  type Durations,
  type DurationRange,
  type Verb,
} from "./durations.ts";
import { usuallyWaitsFor } from "./typical-order.ts";

/** What a stack has to do with one resource. */
export type WorkItem = Readonly<{ id: string; type: string; verb: Verb }>;

/** Logical ids of a stack's template with those that they depend on. */
export type Dependencies = Readonly<Record<string, readonly string[]>>;

export type DurationsOf = (task: WorkItem) => Durations;

export interface WorkOrder {
  /**
   * A task waits for its turn (`true`), or does so no more; whether that changes what follows others than those that it had to
   * wait for itself.
   */
  note(task: WorkItem, waits: boolean): boolean;
  /** What follows once the task is done. */
  after(task: WorkItem): DurationRange;
  /** Ids of the tasks that a task had to wait for. */
  before(task: WorkItem): readonly string[];
  /** Whether what follows differs from task to task of a type, and changes only with what `before` tells. */
  readonly isByTask: boolean;
  /** The longest way through all that waits. */
  longest(): DurationRange;
}

/** What is deleted goes before what it depends on. */
const isReversed = ({ verb }: WorkItem): boolean => verb === "delete";

/** Seconds from the end of what a task waits for to its own beginning. */
const BETWEEN: DurationRange = { p50: 1.5, spread: 1 };

type Kind = { task: WorkItem; count: number; tail?: DurationRange | undefined };

/** By types: all of a type are one step. */
export class TypicalOrder implements WorkOrder {
  readonly isByTask = false;
  private readonly kinds = new Map<string, Kind>();
  private readonly durationsOf: DurationsOf;

  constructor(durationsOf: DurationsOf) {
    this.durationsOf = durationsOf;
  }

  note(task: WorkItem, waits: boolean): boolean {
    const key = `${task.verb} ${task.type}`;
    const kind = this.kinds.get(key) ?? { task, count: 0 };
    kind.count += waits ? 1 : -1;
    if (kind.count > 0) this.kinds.set(key, kind);
    else this.kinds.delete(key);
    for (const known of this.kinds.values()) known.tail = undefined;
    return true;
  }

  after(task: WorkItem): DurationRange {
    let longest = NOTHING;
    for (const kind of this.kinds.values()) {
      if (this.follows(kind.task, task)) longest = besides(longest, this.tailOf(kind));
    }
    return longest;
  }

  before(): readonly string[] {
    return [];
  }

  longest(): DurationRange {
    let longest = NOTHING;
    for (const kind of this.kinds.values()) longest = besides(longest, this.tailOf(kind));
    return longest;
  }

  private follows(next: WorkItem, before: WorkItem): boolean {
    if (next.type === before.type || isReversed(next) !== isReversed(before)) return false;
    return isReversed(next)
      ? usuallyWaitsFor(before.type, next.type)
      : usuallyWaitsFor(next.type, before.type);
  }

  private tailOf(kind: Kind): DurationRange {
    if (kind.tail) return kind.tail;
    const whole = inTurn(BETWEEN, wholeOf(this.durationsOf(kind.task), kind.count));
    // Types that wait for each other in a cycle are cut there.
    kind.tail = whole;
    kind.tail = inTurn(whole, this.after(kind.task));
    return kind.tail;
  }
}

/** By a template's dependencies. */
export class TemplateOrder implements WorkOrder {
  readonly isByTask = true;
  private readonly waiting = new Map<string, WorkItem>();
  private readonly tails = new Map<string, DurationRange>();
  private readonly dependencies: Dependencies;
  private readonly dependants = new Map<string, string[]>();
  private sorted: WorkItem[] | undefined;
  private readonly durationsOf: DurationsOf;

  constructor(dependencies: Dependencies, durationsOf: DurationsOf) {
    this.dependencies = dependencies;
    this.durationsOf = durationsOf;
    for (const [id, needed] of Object.entries(dependencies)) {
      for (const other of needed) {
        const known = this.dependants.get(other);
        if (known) known.push(id);
        else this.dependants.set(other, [id]);
      }
    }
  }

  note(task: WorkItem, waits: boolean): boolean {
    if (waits) this.waiting.set(task.id, task);
    else this.waiting.delete(task.id);
    // As a rule what begins had waited for nothing that still waits: no other way is shorter for it.
    if (!waits && !this.before(task).some((id) => this.waiting.has(id))) return false;
    this.tails.clear();
    this.sorted = undefined;
    return true;
  }

  after(task: WorkItem): DurationRange {
    let longest = NOTHING;
    for (const id of this.next(task)) {
      const waiting = this.waiting.get(id);
      if (waiting) longest = besides(longest, this.tailOf(waiting));
    }
    return longest;
  }

  before(task: WorkItem): readonly string[] {
    return (isReversed(task) ? this.dependants.get(task.id) : this.dependencies[task.id]) ?? [];
  }

  longest(): DurationRange {
    this.sorted ??= [...this.waiting.values()].sort(
      (one, other) => this.tailOf(other).p50 - this.tailOf(one).p50,
    );
    // What has begun since it was sorted stands at the front and goes.
    while (this.sorted.length > 0 && !this.waiting.has(this.sorted[0]!.id)) this.sorted.shift();
    return this.sorted[0] ? this.tailOf(this.sorted[0]) : NOTHING;
  }

  private next(task: WorkItem): readonly string[] {
    return (isReversed(task) ? this.dependencies[task.id] : this.dependants.get(task.id)) ?? [];
  }

  /** What waits has all that follows it waiting too, so that the way from it stays as it is. */
  private tailOf(task: WorkItem): DurationRange {
    const known = this.tails.get(task.id);
    if (known) return known;
    const whole = inTurn(BETWEEN, wholeOf(this.durationsOf(task)));
    this.tails.set(task.id, whole);
    let longest = NOTHING;
    for (const id of this.next(task)) {
      const waiting = this.waiting.get(id);
      if (waiting) longest = besides(longest, this.tailOf(waiting));
    }
    const tail = inTurn(whole, longest);
    this.tails.set(task.id, tail);
    return tail;
  }
}

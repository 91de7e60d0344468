/**
 * The stacks that are followed while one poll is folded: the tracked one and those nested in it, each with its order of
 * events and its own status. Nested ones join as they are met.
 */
import { cursorOf, isFirstKnown, orderOf, rankIn, type EventOrder } from "./event-order.ts";
import { planFound, type Findings } from "../findings.ts";
import { UNKNOWN_STATUS } from "./own-status.ts";
import { phasesOf, type Phases } from "../resources/phases.ts";
import { isUnreported } from "./settling.ts";
import { isNestedStackEvent, type StackEvent } from "../stack-event.ts";
import type { FollowedStack, StackState } from "../stack-state.ts";
import { keyOf } from "./unseen.ts";
import { without } from "../../without.ts";

/** How many polls read a nested stack that rests, as its parent says, but has not reported its own end. */
const READS_AT_REST = 3;

export class Family {
  readonly followed: Map<string, FollowedStack>;
  readonly touched = new Set<string>();
  private readonly orders = new Map<string, EventOrder>();
  /** Events of parents on nested stacks, by the nested stack's ARN: they tell where it hangs. */
  private readonly parents = new Map<string, StackEvent>();
  private known: Phases | undefined;
  private readonly findings: Findings;

  constructor(before: StackState, findings: Findings) {
    this.findings = findings;
    this.followed = new Map(before.followed);
    if (!this.followed.has(findings.rootId)) this.keep(this.newStack(findings.rootId, findings.rootName, ""));
    for (const stackId of findings.plans.keys()) {
      const nested = this.followed.get(stackId);
      if (nested && stackId !== findings.rootId) this.keep({ ...nested, ...planFound(findings, stackId) });
    }
    for (const event of findings.events) {
      if (isNestedStackEvent(event)) this.parents.set(event.physicalId, event);
    }
  }

  get root(): FollowedStack {
    return this.followed.get(this.findings.rootId)!;
  }

  get phases(): Phases {
    return (this.known ??= phasesOf(this.followed));
  }

  stackOf({ stackId }: StackEvent): FollowedStack {
    return stackId === this.findings.rootId ? this.root : this.nested(stackId);
  }

  /** The nested stack with this ARN, followed from now on. */
  nested(stackId: string): FollowedStack {
    const known = this.followed.get(stackId);
    if (known) return known;
    const name = stackId.split("/")[1] ?? stackId;
    const parent = this.parents.get(stackId);
    // Asked for once: stacks that hold each other, as only a broken emulator tells, must not be followed round and round.
    this.parents.delete(stackId);
    const prefix = parent ? `${this.stackOf(parent).prefix}${parent.logicalId}/` : `${name}/`;
    const stack = this.newStack(stackId, name, prefix);
    this.keep(stack);
    return stack;
  }

  /** The event's place in its stack's list. */
  rank(stack: FollowedStack, event: StackEvent): number {
    return rankIn(this.orderOf(stack), keyOf(event), event.precedes);
  }

  /** Whether nothing of the tracked stack is known that stands below the first own event of its attempt. */
  get isRootFirstKnown(): boolean {
    return isFirstKnown(this.root, this.orderOf(this.root));
  }

  keep(stack: FollowedStack): void {
    if (this.followed.get(stack.stackId)?.marks !== stack.marks || !this.followed.has(stack.stackId))
      this.known = undefined;
    this.followed.set(stack.stackId, stack);
    this.touched.add(stack.stackId);
  }

  /** Nothing of the attempt before is left but the order of the tracked stack's events. */
  forget(): void {
    const { root } = this;
    const order = this.orderOf(root);
    const rest = without(root, "marks", "base", "dependencies", "timeouts");
    this.followed.clear();
    this.touched.clear();
    this.orders.clear();
    this.orders.set(root.stackId, order);
    this.keep({ ...rest, ...UNKNOWN_STATUS, planned: {} });
  }

  /** Keeps what the poll read, and whether it has to be read again. */
  noteReads(): void {
    for (const stackId of this.findings.past?.keys() ?? []) {
      const stack = this.followed.get(stackId);
      if (stack) this.orderOf(stack);
    }
    for (const [stackId, order] of this.orders) {
      const stack = this.followed.get(stackId);
      if (stack) this.keep({ ...stack, ...cursorOf(order) });
    }
    for (const id of this.findings.read) {
      const stack = this.followed.get(id);
      if (!stack?.due || stack.parentRunning) continue;
      // Read after its parent said that it rests: what it had to report is reported, but for what AWS shows late.
      const reads = (stack.readsAtRest ?? 0) + 1;
      const due = isUnreported(stack) && reads < READS_AT_REST;
      this.keep({ ...stack, due, readsAtRest: reads });
    }
  }

  private orderOf(stack: FollowedStack): EventOrder {
    const known = this.orders.get(stack.stackId);
    if (known) return known;
    const order = orderOf(stack.cursor, stack.ranks);
    // What was left out lies above what was known before, and below what is reported now.
    for (const key of this.findings.past?.get(stack.stackId) ?? []) rankIn(order, key, undefined);
    this.orders.set(stack.stackId, order);
    return order;
  }

  private newStack(stackId: string, name: string, prefix: string): FollowedStack {
    const nested = prefix !== "";
    return {
      ...UNKNOWN_STATUS,
      stackId,
      name,
      prefix,
      cursor: [],
      due: nested,
      parentRunning: nested,
      ...planFound(this.findings, stackId),
    };
  }
}

/** The resources of an attempt while one poll is folded, each with its history, and their counts. */
import type { Estimate } from "../../../protocol/estimate.ts";
import { estimateOf } from "../../estimate/estimate.ts";
import { durationsOf, type Learned } from "../../estimate/learned.ts";
import { CLOSING_REST, type Outlook } from "../../estimate/outlook.ts";
import type { Family } from "../operation/family.ts";
import { entryAfter, lightKept, type BegunResource } from "./resource-entry.ts";
import { placeOf, resourceOf, shownOf } from "./resource-fold.ts";
import { factOf, failureIn, withFact } from "./resource-history.ts";
import { isNestedStackEvent, type StackEvent } from "../stack-event.ts";
import { resourceKeyOf, type StackFact, type FollowedStack, type TrackedResource } from "../stack-state.ts";
import { standingOf } from "../statuses.ts";
import { outlookOf, placeOfPlanned, placeOfResource } from "./stack-outlook.ts";
import { count, tallyOf, type Tally } from "./tally.ts";

/** Whether two views of a resource say the same. */
const isSame = (left: BegunResource | undefined, right: BegunResource): boolean => {
  if (left === undefined) return false;
  const fields = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof BegunResource>;
  return [...fields].every((field) => {
    const one = left[field];
    const other = right[field];
    return one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));
  });
};

/** What was reported to take long stays so as long as it goes on; it is in no event of AWS's. */
const withLights = (known: TrackedResource | undefined, resource: TrackedResource): TrackedResource => {
  const light = known && lightKept(known, resource.status);
  const { cleaningLight } = known ?? {};
  return light || cleaningLight
    ? { ...resource, ...(light && { light }), ...(cleaningLight && { cleaningLight }) }
    : resource;
};

/** Outlooks of states that may be folded further: counting one again costs as much as all resources. */
const outlooks = new WeakMap<
  ReadonlyMap<string, TrackedResource>,
  Readonly<{ outlook: Outlook; learned: Learned | undefined }>
>();

export class ResourceSet {
  readonly all: Map<string, TrackedResource>;
  readonly touched = new Set<string>();
  tally: Tally;
  /** Stacks that the tally has counted. */
  private counted = 0;
  private readonly failing = new Set<string>();
  private readonly family: Family;
  private readonly learned: Learned | undefined;
  /** Undefined until it is asked for. */
  private outlook: Outlook | undefined;

  constructor(before: ReadonlyMap<string, TrackedResource>, family: Family, learned: Learned | undefined) {
    this.all = new Map(before);
    this.family = family;
    this.learned = learned;
    this.tally = this.recount();
    const kept = outlooks.get(before);
    outlooks.delete(before);
    if (kept && kept.learned === learned) this.outlook = kept.outlook;
    for (const [key, { history }] of this.all) if (history?.some(failureIn)) this.failing.add(key);
  }

  /** The resources of which a failure was reported that may be a cause. */
  get failed(): TrackedResource[] {
    return [...this.failing].flatMap((key) => this.all.get(key) ?? []);
  }

  /** Nothing of the attempt before is left. */
  forget(): void {
    this.all.clear();
    this.failing.clear();
    this.touched.clear();
    this.recount();
  }

  /** Counts again, as the phase or what is planned has changed. */
  recount(): Tally {
    const { followed, root } = this.family;
    this.counted = followed.size;
    this.outlook = undefined;
    this.tally = tallyOf(this.all, followed, root.phase);
    return this.tally;
  }

  /**
   * Takes an event of a resource; whether it leaves the resource as it stands. `corrected`: is given the resource's key if
   * who only knows the events that were reported would not know it.
   */
  take(event: StackEvent, rank: number, corrected: Set<string>): boolean {
    const { family } = this;
    const key = resourceKeyOf(event.stackId, event.logicalId);
    const known = this.all.get(key);
    const stack = family.stackOf(event);
    const place = placeOf(known, { ...event, path: stack.prefix + event.logicalId });
    const fact = factOf(event, rank);
    const history = withFact(known?.history ?? [], fact);
    const { resource: reported, shown } = resourceOf(place, history, family.phases);
    const resource = withLights(known, reported);
    const { phase } = family.root;
    if (known) count(this.tally, known, phase, -1);
    else if (Object.hasOwn(stack.planned, event.logicalId)) this.tally.unstarted--;
    count(this.tally, resource, phase, 1);
    this.noteOutlook(stack, known, resource);
    this.all.set(key, resource);
    this.touched.add(key);
    if (failureIn(fact)) this.failing.add(key);
    const superseded = shown !== rank;
    const before = known && shownOf(known);
    const seen = superseded ? before : entryAfter(before, event, resource.path, phase === "rollback");
    if (!isSame(seen, shownOf(resource))) corrected.add(key);
    if (isNestedStackEvent(event)) this.noteNested(event.physicalId, history);
    if (family.followed.size !== this.counted) this.recount();
    return superseded;
  }

  /** How much longer the operation takes, as of a time in milliseconds of the epoch; undefined: nothing is known. */
  estimateAt(now: number): Estimate | undefined {
    const { followed, root } = this.family;
    this.outlook ??= outlookOf(this.all, followed, root, durationsOf(this.learned));
    const rest = this.outlook.at(now) ?? (this.tally.finished > 0 ? CLOSING_REST : undefined);
    return rest && estimateOf(rest, now);
  }

  /** A resource stands as it stood, but for what was reported it. */
  replace(key: string, resource: TrackedResource): void {
    this.all.set(key, resource);
    this.touched.add(key);
  }

  /** Those of the keys that there are, as a viewer sees them. */
  shown(keys: Iterable<string>): readonly BegunResource[] {
    return [...keys].flatMap((key) => {
      const resource = this.all.get(key);
      return resource ? [shownOf(resource)] : [];
    });
  }

  /** The next fold of this state goes on with its outlook. */
  keepOutlook(): void {
    if (this.outlook) outlooks.set(this.all, { outlook: this.outlook, learned: this.learned });
  }

  private noteOutlook(
    stack: FollowedStack,
    before: TrackedResource | undefined,
    after: TrackedResource,
  ): void {
    const { outlook } = this;
    if (!outlook) return;
    const { root } = this.family;
    outlook.open(after.stackId);
    const planned = stack.planned[after.logicalId];
    if (before) {
      const place = placeOfResource(before, root);
      if (place) outlook.note(place, false);
    } else if (planned !== undefined && root.phase === "forward")
      outlook.note(placeOfPlanned(stack, after.logicalId, planned), false);
    const place = placeOfResource(after, root);
    if (place) outlook.note(place, true);
  }

  /** Folds all resources again, as a stack's own event changed what their events were a part of. */
  refold(corrected: Set<string>): void {
    for (const [key, known] of this.all) {
      if (known.history === undefined) continue;
      const reported = resourceOf(placeOf(known, known), known.history, this.family.phases).resource;
      const resource = withLights(known, reported);
      const isShownSame = isSame(shownOf(resource), shownOf(known));
      if (isShownSame && resource.forward === known.forward && resource.undo === known.undo) continue;
      this.all.set(key, resource);
      this.touched.add(key);
      if (!isShownSame) corrected.add(key);
    }
    this.recount();
  }

  /** Drops the facts that are not kept, and the resources that have no others. */
  filter(isKept: (fact: StackFact, stackId: string) => boolean): void {
    for (const [key, { base: _base, ...resource }] of this.all) {
      const history = (resource.history ?? []).filter((fact) => isKept(fact, resource.stackId));
      if (history.length === 0) this.all.delete(key);
      else this.all.set(key, { ...resource, history });
    }
  }

  /** A parent reported a stack nested in it: it is to be read. */
  private noteNested(stackId: string, history: readonly StackFact[]): void {
    const last = history.findLast(({ physicalId }) => physicalId === stackId);
    const { readsAtRest: _reads, ...nested } = this.family.nested(stackId);
    const parentRunning = last !== undefined && standingOf(last.status) === "running";
    this.family.keep({ ...nested, due: true, parentRunning });
  }
}

/**
 * The resources of an attempt while one poll is folded, each with its history, and their counts. What was counted goes on with
 * the state that comes of it, so that the next event costs no more the more resources there are.
 */
import type { Estimate } from "../../../protocol/estimate.ts";
import { durationsOf, type Learned } from "../../estimate/learned.ts";
import { LayeredMap } from "../../layered-map.ts";
import type { Family } from "../operation/family.ts";
import { entryAfter, lightKept, type BegunResource } from "./resource-entry.ts";
import { isShown, placeOf, resourceAfter, resourceOf, shownOf } from "./resource-fold.ts";
import { factOf, failureIn, withFact } from "./resource-history.ts";
import { nextLightAt } from "./resource-lights.ts";
import { isNestedStackEvent, type StackEvent } from "../stack-event.ts";
import { resourceKeyOf, type StackFact, type TrackedResource } from "../stack-state.ts";
import { standingOf } from "../statuses.ts";
import { OperationOutlook } from "./operation-outlook.ts";
import { count, tallyOf, type Tally } from "./tally.ts";

/** Whether viewers are shown the same of two. */
const isSame = (left: BegunResource | undefined, right: BegunResource): boolean => {
  if (left === undefined) return false;
  const isAlike = (field: string): boolean => {
    const [one, other] = [left[field as keyof BegunResource], right[field as keyof BegunResource]];
    return one === other || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));
  };
  for (const field in left) if (isShown(field) && !isAlike(field)) return false;
  for (const field in right) if (isShown(field) && !isAlike(field)) return false;
  return true;
};

/** What was reported to take long stays so as long as it goes on; it is in no event of AWS's. */
const withLights = (known: TrackedResource | undefined, resource: TrackedResource): TrackedResource => {
  const light = known && lightKept(known, resource.status);
  const { cleaningLight } = known ?? {};
  return light || cleaningLight
    ? { ...resource, ...(light && { light }), ...(cleaningLight && { cleaningLight }) }
    : resource;
};

/** What was counted of a state's resources. */
type Counted = Readonly<{
  tally: Tally;
  /** Stacks that the tally has counted. */
  followed: number;
  failing: ReadonlySet<string>;
  /** Rank of the first event of any resource, by stack. */
  firstRanks: ReadonlyMap<string, number>;
  learned: Learned | undefined;
  /** Before then, in milliseconds of the epoch, nothing takes so long that it is to be reported. */
  lightAt: number;
}> & {
  /** Taken by the fold that goes on with it, which writes to it. */
  outlook?: OperationOutlook | undefined;
};

/** Of states that may be folded further. */
const countedOf = new WeakMap<ReadonlyMap<string, TrackedResource>, Counted>();

/** Whether none of a state's resources can have come to take long by a time, as far as that is known. */
export const isNoneSlowBy = (
  resources: ReadonlyMap<string, TrackedResource>,
  learned: Learned | undefined,
  now: number,
): boolean => {
  const counted = countedOf.get(resources);
  return counted !== undefined && counted.learned === learned && now < counted.lightAt;
};

/** Rank of the first event of any resource of a stack. */
export const firstRankIn = (
  resources: ReadonlyMap<string, TrackedResource>,
  stackId: string,
): number | undefined => {
  const counted = countedOf.get(resources);
  if (counted) return counted.firstRanks.get(stackId);
  let first: number | undefined;
  for (const { history, stackId: of } of resources.values()) {
    const rank = of === stackId ? history?.[0]?.rank : undefined;
    if (rank !== undefined && rank < (first ?? Infinity)) first = rank;
  }
  return first;
};

export class ResourceSet {
  all: LayeredMap<string, TrackedResource>;
  readonly touched = new Set<string>();
  tally: Tally;
  /** See `Counted`. */
  lightAt = -Infinity;
  private counted: number;
  private failing: Set<string>;
  private firstRanks: Map<string, number>;
  private readonly family: Family;
  private readonly learned: Learned | undefined;
  /** Undefined until it is asked for. */
  private outlook: OperationOutlook | undefined;

  constructor(before: ReadonlyMap<string, TrackedResource>, family: Family, learned: Learned | undefined) {
    this.all = LayeredMap.over(before);
    this.family = family;
    this.learned = learned;
    this.counted = family.followed.size;
    const known = countedOf.get(before);
    // A plan that has just been found, or a stack that joins, changes the counts.
    if (known && family.touched.size === 0 && known.followed === this.counted) {
      this.tally = { ...known.tally };
      this.failing = new Set(known.failing);
      this.firstRanks = new Map(known.firstRanks);
      if (known.learned !== learned) return;
      this.lightAt = known.lightAt;
      this.outlook = known.outlook;
      known.outlook = undefined;
      return;
    }
    this.tally = this.recount();
    this.failing = new Set();
    this.firstRanks = new Map();
    for (const [key, resource] of this.all) this.noteHistory(key, resource);
  }

  private noteHistory(key: string, { stackId, history = [] }: TrackedResource): void {
    if (history.some(failureIn)) this.failing.add(key);
    const rank = history[0]?.rank;
    if (rank !== undefined && rank < (this.firstRanks.get(stackId) ?? Infinity))
      this.firstRanks.set(stackId, rank);
  }

  /** The resources of which a failure was reported that may be a cause. */
  get failed(): TrackedResource[] {
    return [...this.failing].flatMap((key) => this.all.get(key) ?? []);
  }

  /** Rank of the first event of any resource of a stack. */
  firstRank(stackId: string): number | undefined {
    return this.firstRanks.get(stackId);
  }

  /** Nothing of the attempt before is left. */
  forget(): void {
    this.all.clear();
    this.failing.clear();
    this.firstRanks.clear();
    this.touched.clear();
    this.recount();
  }

  /** Counts again, as the phase or what is planned has changed. */
  recount(): Tally {
    const { followed, root } = this.family;
    this.counted = followed.size;
    this.outlook = undefined;
    this.lightAt = -Infinity;
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
    const { stackId, logicalId } = event;
    const place = placeOf(known, { stackId, logicalId, path: stack.prefix + logicalId });
    const fact = factOf(event, rank);
    const history = withFact(known?.history ?? [], fact);
    const { resource: reported, shown } = resourceAfter(place, history, family.phases, known?.history);
    const resource = withLights(known, reported);
    const { phase } = family.root;
    if (known) count(this.tally, known, phase, -1);
    else if (Object.hasOwn(stack.planned, event.logicalId)) this.tally.unstarted--;
    count(this.tally, resource, phase, 1);
    this.outlook?.note(stack, known, resource);
    this.all.set(key, resource);
    this.touched.add(key);
    this.noteHistory(key, resource);
    this.lightAt = Math.min(this.lightAt, nextLightAt(resource, family, durationsOf(this.learned)));
    const superseded = shown !== rank;
    const seen = superseded ? known : entryAfter(known, event, resource.path, phase === "rollback");
    if (!isSame(seen, resource)) corrected.add(key);
    if (isNestedStackEvent(event)) this.noteNested(event.physicalId, history);
    if (family.followed.size !== this.counted) this.recount();
    return superseded;
  }

  /** How much longer the operation takes, as of a time in milliseconds of the epoch; undefined: nothing is known. */
  estimateAt(now: number): Estimate | undefined {
    const { followed, root } = this.family;
    this.outlook ??= new OperationOutlook(this.all, followed, root, durationsOf(this.learned));
    return this.outlook.estimateAt(now, this.tally.finished > 0);
  }

  /** As viewers are shown them. */
  shown(keys: Iterable<string>): BegunResource[] {
    return [...keys].flatMap((key) => {
      const resource = this.all.get(key);
      return resource ? [shownOf(resource)] : [];
    });
  }

  /** A resource stands as it stood, but for what was reported it. */
  replace(key: string, resource: TrackedResource): void {
    this.all.set(key, resource);
    this.touched.add(key);
  }

  /** The next fold of this state goes on with what was counted here. */
  keepCounted(): void {
    const { tally, counted: followed, failing, firstRanks, learned, lightAt, outlook } = this;
    countedOf.set(this.all, { tally, followed, failing, firstRanks, learned, lightAt, outlook });
  }

  /** Folds all resources again, as a stack's own event changed what their events were a part of. */
  refold(corrected: Set<string>): void {
    for (const [key, known] of this.all) {
      if (known.history === undefined) continue;
      const reported = resourceOf(placeOf(known, known), known.history, this.family.phases).resource;
      const resource = withLights(known, reported);
      const isShownSame = isSame(resource, known);
      if (isShownSame && resource.forward === known.forward && resource.undo === known.undo) continue;
      this.all.set(key, resource);
      this.touched.add(key);
      if (!isShownSame) corrected.add(key);
    }
    this.recount();
  }

  /** Drops the facts that are not kept, and the resources that have no others. */
  filter(isKept: (fact: StackFact, stackId: string) => boolean): void {
    const kept = new Map<string, TrackedResource>();
    this.failing = new Set();
    this.firstRanks = new Map();
    for (const [key, { base: _base, ...known }] of this.all) {
      const history = (known.history ?? []).filter((fact) => isKept(fact, known.stackId));
      if (history.length === 0) continue;
      const resource = { ...known, history };
      kept.set(key, resource);
      this.noteHistory(key, resource);
    }
    this.all = LayeredMap.over(kept);
  }

  /** A parent reported a stack nested in it: it is to be read. */
  private noteNested(stackId: string, history: readonly StackFact[]): void {
    const last = history.findLast(({ physicalId }) => physicalId === stackId);
    const { readsAtRest: _reads, ...nested } = this.family.nested(stackId);
    const parentRunning = last !== undefined && standingOf(last.status) === "running";
    this.family.keep({ ...nested, due: true, parentRunning });
  }
}

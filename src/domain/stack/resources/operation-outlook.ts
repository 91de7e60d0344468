/**
 * How much longer an attempt takes, and how long its way back would take if it failed now: both are kept up resource by
 * resource, and cost nothing for those that did not change.
 */
import type { Estimate } from "../../../protocol/estimate.ts";
import type { Durations } from "../../estimate/durations.ts";
import { estimateOf } from "../../estimate/estimate.ts";
import { CLOSING_REST, Outlook } from "../../estimate/outlook.ts";
import type { WorkItem } from "../../estimate/work-order.ts";
import { STACK_TYPE } from "../stack-event.ts";
import type { FollowedStack, TrackedResource } from "../stack-state.ts";
import { aroundIn, outlookOf, placeOfPlanned, placeOfResource } from "./stack-outlook.ts";

type DurationsOf = (task: WorkItem) => Durations;

const TURNED = { phase: "rollback" } as const;

const isTurnedBackByFailure = ({ phase, kind }: FollowedStack): boolean =>
  phase === "forward" && (kind === "create" || kind === "update");

export class OperationOutlook {
  private readonly ahead: Outlook;
  private readonly wayBack: WayBack | undefined;
  private readonly root: FollowedStack;

  /** Counted from nothing; of another phase, plan or family it is another one. */
  constructor(
    resources: ReadonlyMap<string, TrackedResource>,
    followed: ReadonlyMap<string, FollowedStack>,
    root: FollowedStack,
    durationsOf: DurationsOf,
  ) {
    this.root = root;
    this.ahead = outlookOf(resources, followed, root, durationsOf);
    if (!isTurnedBackByFailure(root)) return;
    this.wayBack = new WayBack(followed, durationsOf);
    for (const resource of resources.values()) this.wayBack.note(undefined, resource);
  }

  /** A resource stands otherwise than before. */
  note(stack: FollowedStack, before: TrackedResource | undefined, after: TrackedResource): void {
    const { ahead, root } = this;
    ahead.open(after.stackId);
    const planned = stack.planned[after.logicalId];
    if (before) {
      const place = placeOfResource(before, root);
      if (place) ahead.note(place, false);
    } else if (planned !== undefined && root.phase === "forward")
      ahead.note(placeOfPlanned(stack, after.logicalId, planned), false);
    const place = placeOfResource(after, root);
    if (place) ahead.note(place, true);
    this.wayBack?.note(before, after);
  }

  /** As of a time in milliseconds of the epoch; undefined: nothing is known. `isBegun`: something is done already. */
  estimateAt(now: number, isBegun: boolean): Estimate | undefined {
    const rest = this.ahead.at(now) ?? (isBegun ? CLOSING_REST : undefined);
    if (!rest) return undefined;
    const rollbackSeconds = this.wayBack?.seconds;
    return { ...estimateOf(rest, now), ...(rollbackSeconds && { rollbackSeconds }) };
  }
}

/** What would be rolled back. In which order follows from the types alone: what begins changes little of it. */
class WayBack {
  private readonly outlook: Outlook;
  private count = 0;
  private known: Estimate["rollbackSeconds"] | "unknown" = "unknown";

  constructor(followed: ReadonlyMap<string, FollowedStack>, durationsOf: DurationsOf) {
    this.outlook = new Outlook(durationsOf, () => undefined, aroundIn(followed));
  }

  note(before: TrackedResource | undefined, after: TrackedResource): void {
    // A nested stack takes what its own resources take.
    if (after.type === STACK_TYPE) return;
    const [known, place] = [before && placeOfResource(before, TURNED), placeOfResource(after, TURNED)];
    if (known?.verb === place?.verb) return;
    if (known) this.outlook.note(known, false);
    if (place) this.outlook.note(place, true);
    this.count += (place ? 1 : 0) - (known ? 1 : 0);
    this.known = "unknown";
  }

  get seconds(): Estimate["rollbackSeconds"] {
    if (this.known === "unknown") this.known = this.counted();
    return this.known;
  }

  private counted(): Estimate["rollbackSeconds"] {
    // Nothing of it runs yet: the moment makes no difference.
    const span = this.count > 0 ? this.outlook.at(0)?.span : undefined;
    return span && { p50: Math.round(span.p50), p90: Math.round(span.p50 + span.spread) };
  }
}

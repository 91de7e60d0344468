/** Feeds deployments, and tells each of them when nothing more is to be expected of the stack. */
import type { Consumer } from "../../channel/alarm.ts";
import { tellingOf } from "../../domain/failure/trouble.ts";
import { goneSince } from "../../domain/stack/stack-state.ts";
import type { FeedDelivery } from "../../protocol/rpc/stack-feed.ts";
import type { DeploymentFeeds, Feed } from "./deployment-feeds.ts";
import type { StackPoll } from "./stack-poll.ts";
import type { StackStorage } from "./stack-store.ts";

type Parts = Readonly<{
  feeds: DeploymentFeeds;
  store: Pick<StackStorage, "state">;
  poll: Pick<StackPoll, "trouble">;
  region: string;
  /** So long, in milliseconds, is a stack waited for that is not there. */
  waitMs: number;
}>;

export class Feeding implements Consumer {
  readonly isUrgent = true;
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  get offset(): number {
    return this.parts.feeds.offset;
  }

  nextIn(now: number): number | undefined {
    return this.parts.feeds.nextIn(now);
  }

  run(now: number): Promise<void> {
    return this.parts.feeds.deliver(now, (feed) => this.troubleFor(feed, now));
  }

  /** Why nothing more is to be expected of the stack: each who waits for it does so from a time of its own. */
  private troubleFor(feed: Feed, now: number): FeedDelivery["trouble"] {
    if (feed.resting) return undefined;
    const { store, poll, region, waitMs } = this.parts;
    const { trouble } = poll;
    const gone = feed.begun ? undefined : goneSince(store.state);
    const missedSince = gone === undefined ? trouble?.kind === "missing" && trouble.since : Date.parse(gone);
    if (typeof missedSince === "number") {
      const waited = now - Math.max(missedSince, feed.eagerSince ?? Infinity);
      return waited >= waitMs ? tellingOf("missing") : undefined;
    }
    return trouble?.gaveUp ? tellingOf(trouble.kind, region) : undefined;
  }
}

/** Takes deployments in that wait for the stack: from which of its events each of them is fed, and how the stack stands. */
import { isComplete, isHolding, isPartOf, rootOf } from "../../domain/stack/stack-state.ts";
import type { FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import type { DeploymentFeeds, Feed } from "./deployment-feeds.ts";
import type { StackCommits } from "./stack-commits.ts";
import type { StackPoll } from "./stack-poll.ts";
import type { StackStorage } from "./stack-store.ts";

type Parts = Readonly<{
  feeds: DeploymentFeeds;
  store: StackStorage;
  poll: StackPoll;
  commits: StackCommits;
}>;

export class FeedAdmission {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** The offset after which it is fed. `known`: its feed before. */
  admit(request: FeedRequest, known: Feed | undefined): number {
    const { store, feeds, commits } = this.parts;
    store.log.create();
    store.notice(request.after);
    const { offset } = feeds.keep(request, this.beginningFor(request, known), Date.now());
    if (store.state.attempt && offset < store.log.offset && !request.resting)
      commits.skip(Math.max(store.log.floor, offset + 1));
    return offset;
  }

  /** How the stack stands for a deployment that has taken its events up to an offset. */
  standingAt(taken: number): StackStanding {
    const { log, state } = this.parts.store;
    const { epoch, offset } = log;
    const root = rootOf(state);
    const trouble = root && this.parts.poll.troubleFrame();
    return {
      position: { epoch, offset: taken },
      ...(trouble && { trouble: { ...trouble.error, since: trouble.timestamp } }),
      ...(root && root.status !== "" && { status: root.status, since: root.statusAt }),
      isIdle: isComplete(state) && !isHolding(state) && taken >= offset,
    };
  }

  /** Offset up to which a deployment is not to be sent anything. */
  private beginningFor({ after, anew: again, since, tokens }: FeedRequest, known: Feed | undefined): number {
    const { log, state } = this.parts.store;
    const { attempt } = state;
    // Sent once, and whole from where the deployment is, or from the oldest event that is kept.
    if (after?.epoch === log.epoch && after.offset <= log.offset)
      return Math.max(after.offset, log.floor - 1);
    if (known && !after && !again) return known.offset;
    const isItsOwn = attempt !== undefined && isPartOf(state, since, tokens);
    return isItsOwn ? attempt.firstOffset - 1 : log.offset;
  }
}

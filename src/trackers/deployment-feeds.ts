/**
 * Hands a stack's events to the deployments that it belongs to: a consumer of the log with a cursor for each. A call
 * that is lost is made again; the deployment knows by the position what it has.
 */
import type { FeedDelivery, FeedRequest } from "../protocol/stack-feed.ts";
import type { Env } from "../settings.ts";
import type { EventLog } from "./event-log.ts";

/** Kept, one row for each deployment: what it wants, and how far it has taken it. */
type Feed = FeedRequest &
  Readonly<{
    offset: number;
    /** Unix milliseconds since which the stack is missed if it is not there. */
    eagerSince?: number;
  }>;

const FEED = "feed/";

/** Frames of one call. */
const STRIDE = 250;

const RETRY_MS = 2_000;

export class DeploymentFeeds {
  private underway: Promise<void> | undefined;
  private notBefore = 0;
  private readonly kv: SyncKvStorage;
  private readonly env: Env;
  private readonly log: EventLog;

  constructor(kv: SyncKvStorage, env: Env, log: EventLog) {
    this.kv = kv;
    this.env = env;
    this.log = log;
  }

  /** Deployments that want the stack's events. */
  get all(): readonly Feed[] {
    return [...this.kv.list<Feed>({ prefix: FEED })].map(([, feed]) => feed);
  }

  /** How the stack is waited for, by whom that is most urgent to. */
  get expectation(): "begun" | "eager" | "patient" | undefined {
    const { all } = this;
    if (all.length === 0) return undefined;
    if (all.some(({ begun }) => begun)) return "begun";
    return all.some(({ eager }) => eager) ? "eager" : "patient";
  }

  has(deployment: string): boolean {
    return this.kv.get(FEED + deployment) !== undefined;
  }

  /** Takes a wish, or a change of it. `offset`: where a new one begins. */
  keep(request: FeedRequest, offset: number, now: number): void {
    const known = this.kv.get<Feed>(FEED + request.deployment);
    this.kv.put<Feed>(FEED + request.deployment, {
      ...request,
      offset: known?.offset ?? offset,
      ...(request.eager && { eagerSince: known?.eagerSince ?? now }),
    });
  }

  /** Unix milliseconds since which all deployments expect the stack to begin by itself; Infinity: not all of them do. */
  get missedSince(): number {
    return Math.max(
      ...this.all.map(({ begun, eagerSince }) => (begun ? Infinity : (eagerSince ?? Infinity))),
    );
  }

  drop(deployment: string): void {
    this.kv.delete(FEED + deployment);
  }

  /** Oldest offset that a deployment has not taken yet; Infinity: all have all. */
  get needed(): number {
    return Math.min(Infinity, ...this.all.map(({ offset }) => offset + 1));
  }

  /** Hands on what is new, to all at once and to each in order. */
  run(epoch: string, head: number, now: number, trouble?: FeedDelivery["trouble"]): Promise<void> {
    if (this.underway) return this.underway;
    const behind = this.all.filter(({ offset }) => offset < head || trouble);
    if (behind.length === 0 || now < this.notBefore) return Promise.resolve();
    const delivered = behind.map((feed) => this.deliver(feed, epoch, head, trouble));
    this.underway = Promise.all(delivered)
      .then((results) => void (this.notBefore = results.every(Boolean) ? 0 : now + RETRY_MS))
      .finally(() => (this.underway = undefined));
    return this.underway;
  }

  /** Milliseconds until there is something to hand on; undefined: nothing waits. */
  nextIn(head: number, now: number): number | undefined {
    return this.all.some(({ offset }) => offset < head) ? Math.max(0, this.notBefore - now) : undefined;
  }

  private async deliver(
    { deployment, stack, offset: begin }: Feed,
    epoch: string,
    head: number,
    trouble: FeedDelivery["trouble"],
  ): Promise<boolean> {
    const target = this.env.DEPLOYMENTS.get(this.env.DEPLOYMENTS.idFromName(deployment));
    let offset = begin;
    try {
      do {
        const runs = this.log.page(offset, STRIDE);
        const frames = runs.flatMap((run) => run.frames);
        const from = runs[0]?.from ?? offset + 1;
        const delivery = { stack, epoch, from, frames, ...(trouble && { trouble }) };
        const receipt = await target.stackFrames(delivery);
        if (receipt.later) return false;
        if (!receipt.wanted) {
          this.drop(deployment);
          return true;
        }
        const known = this.kv.get<Feed>(FEED + deployment);
        // Released while the call was under way.
        if (!known) return true;
        offset = Math.max(receipt.offset, runs.at(-1)?.to ?? offset);
        this.kv.put<Feed>(FEED + deployment, { ...known, offset });
      } while (offset < head);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Hands a stack's events to the deployments that it belongs to: a consumer of the log with a cursor for each. A call
 * that is lost is made again; the deployment knows by the position what it has.
 */
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { FeedDelivery, FeedRequest } from "../../protocol/rpc/stack-feed.ts";
import * as z from "zod";
import { Row, Rows } from "../../channel/rows.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import { feedCodec } from "./stack-codec.ts";
import type { ChannelLog } from "../../channel/channel-log.ts";
import type { Env } from "../../env.ts";
import { call, deploymentOf } from "../../objects.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

/** Kept, one row for each deployment: what it wants, and how far it has taken it. */
export type Feed = Omit<FeedRequest, "after" | "anew" | "watched" | "version"> &
  Readonly<{
    offset: number;
    /** Unix milliseconds since which the stack is missed if it is not there. */
    eagerSince?: number;
  }>;

/** Why nothing more is to be expected of the stack, for one of those that wait for it; undefined: there is no such reason. */
type TroubleFor = (feed: Feed) => FeedDelivery["trouble"];

const NO_TROUBLE: TroubleFor = () => undefined;

const FEED = "feed/";
const REGISTERED = "registered";

const MOST_REGISTERED = 20;

/** Frames of one call. */
const STRIDE = 250;

const RETRY_MS = 2_000;

/** So much later, in milliseconds, what is under way is begun again, should it be lost: a look comes sooner, mostly. */
const LOST_MS = 5_000;

export class DeploymentFeeds {
  private readonly flight = new SingleFlight();
  private notBefore = 0;
  private readonly rows: Rows<Feed>;
  private readonly env: Env;
  private readonly isOpen: () => boolean;
  private readonly log: ChannelLog;
  /** Deployments that were registered with the stack, also those that wait for it no more; the newest of many. */
  private readonly registered: Row<readonly string[]>;
  /** Deployments that had viewers when they were heard of last; in memory only, as each of them says so again. */
  private readonly watched = new Set<string>();

  /** `isOpen`: whether events may follow soon. */
  constructor(kv: SyncKvStorage, env: Env, log: ChannelLog, isOpen: () => boolean) {
    this.registered = new Row(kv, REGISTERED, z.array(z.string()));
    this.rows = new Rows(log.riding, FEED, feedCodec);
    this.env = env;
    this.isOpen = isOpen;
    this.log = log;
  }

  /** Deployments that want the stack's events. */
  get all(): readonly Feed[] {
    return [...this.rows.all.values()];
  }

  /** Deployments that somebody registered with the stack: no rule takes it from them. */
  get registeredBy(): readonly string[] {
    const waiting = this.all.filter(({ grouped }) => !grouped).map(({ deployment }) => deployment);
    return [...new Set([...(this.registered.value ?? []), ...waiting])];
  }

  /** Deployments that it belongs to, by whatever way. */
  get deployments(): readonly string[] {
    return [...new Set([...this.registeredBy, ...this.all.map(({ deployment }) => deployment)])];
  }

  /** A row that is of no use once nobody looks for the stack. */
  get trace() {
    return this.registered;
  }

  /** How the stack is waited for, by whom that is most urgent to. */
  get expectation(): "begun" | "eager" | "patient" | undefined {
    const { all } = this;
    if (all.length === 0) return undefined;
    if (all.some(({ begun }) => begun)) return "begun";
    return all.some(({ eager }) => eager) ? "eager" : "patient";
  }

  /** Whether the stack belongs to a run that is under way. */
  get isPartOfRun(): boolean {
    return this.all.some(({ resting }) => !resting);
  }

  /** Whether a deployment whose run goes on has viewers. */
  get isShown(): boolean {
    return this.all.some(({ deployment, resting }) => !resting && this.watched.has(deployment));
  }

  get(deployment: string): Feed | undefined {
    return this.rows.get(deployment);
  }

  /** Takes a request, or a change of it. `offset`: all up to there is of no interest, or is known. */
  keep(
    { after: _after, anew: _again, watched, version: _version, ...request }: FeedRequest,
    offset: number,
    now: number,
  ): Feed {
    const known = this.get(request.deployment);
    this.noteWatched(request.deployment, watched);
    const eagerSince = known?.run === request.run ? known?.eagerSince : undefined;
    const feed = { ...request, offset, ...(request.eager && { eagerSince: eagerSince ?? now }) };
    // Who asks again changes nothing.
    if (!known || textOf(feed) !== textOf(known)) this.rows.put(request.deployment, feed);
    const before = this.registered.value ?? [];
    if (!request.grouped && !before.includes(request.deployment))
      this.registered.put([...before, request.deployment].slice(-MOST_REGISTERED));
    return feed;
  }

  drop(deployment: string): void {
    this.rows.delete(deployment);
    this.watched.delete(deployment);
  }

  /** Who waits for the stack's next operation hears nothing of what was sent before and is asked again. */
  skipRepeated(): void {
    for (const feed of this.all)
      if (feed.resting) this.rows.put(feed.deployment, { ...feed, offset: this.log.offset });
  }

  /** Offset up to which all deployments have all; Infinity: there are none. */
  get offset(): number {
    return Math.min(Infinity, ...this.all.map(({ offset }) => offset));
  }

  /** Hands on what is new, to all at once and to each in order. */
  deliver(now: number, troubleFor: TroubleFor = NO_TROUBLE): Promise<void> {
    if (this.flight.underWay) return this.flight.underWay;
    const { epoch, offset: head } = this.log;
    const behind = this.all
      .map((feed) => ({ feed, trouble: troubleFor(feed) }))
      .filter(({ feed, trouble }) => feed.offset < head || trouble);
    if (behind.length === 0 || now < this.notBefore) return Promise.resolve();
    return this.flight.run(async () => {
      const delivered = behind.map(({ feed, trouble }) => this.deliverTo(feed, epoch, head, trouble));
      this.notBefore = (await Promise.all(delivered)).every(Boolean) ? 0 : now + RETRY_MS;
    });
  }

  /** Tells those whose run goes on how often the stack is looked at, once: what is lost is reported with the next change. */
  async tellSampling(sampling: Sampling): Promise<void> {
    await Promise.allSettled(
      this.all
        .filter(({ resting }) => !resting)
        .map(async ({ deployment, stack, offset }) => {
          const receipt = await deploymentOf(this.env, deployment).stackFrames({
            stack,
            epoch: this.log.epoch,
            from: offset + 1,
            frames: [],
            sampling,
            version: RPC_VERSION,
          });
          this.noteWatched(deployment, receipt.watched);
        }),
    );
  }

  /** Milliseconds until there is something to hand on; undefined: nothing waits. */
  nextIn(now: number): number | undefined {
    if (!this.all.some(({ offset }) => offset < this.log.offset)) return undefined;
    return this.flight.underWay ? LOST_MS : Math.max(0, this.notBefore - now);
  }

  private noteWatched(deployment: string, isWatched = false): void {
    if (isWatched) this.watched.add(deployment);
    else this.watched.delete(deployment);
  }

  private async deliverTo(
    { deployment, stack, offset: begin }: Feed,
    epoch: string,
    head: number,
    trouble: FeedDelivery["trouble"],
  ): Promise<boolean> {
    let offset = begin;
    try {
      do {
        const runs = this.log.page(offset, STRIDE);
        const frames = runs.flatMap((run) => run.frames);
        const from = runs[0]?.from ?? offset + 1;
        const delivery = { stack, epoch, from, frames, ...(trouble && { trouble }), version: RPC_VERSION };
        const receipt = await call(
          () => deploymentOf(this.env, deployment),
          (target) => target.stackFrames(delivery),
        );
        this.noteWatched(deployment, receipt.watched);
        if (receipt.later) return false;
        if (!receipt.wanted) {
          this.drop(deployment);
          return true;
        }
        const known = this.get(deployment);
        // Released while the call was under way.
        if (!known) return true;
        offset = Math.max(receipt.offset, runs.at(-1)?.to ?? offset);
        // The deployment knows what comes twice.
        if (this.isOpen()) this.rows.ride(deployment, { ...known, offset });
        else this.rows.put(deployment, { ...known, offset });
      } while (offset < head);
      return true;
    } catch {
      return false;
    }
  }
}

const textOf = (feed: Feed): string =>
  JSON.stringify(Object.entries(feed).sort(([one], [other]) => (one < other ? -1 : 1)));

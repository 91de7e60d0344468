/** Who hears of what a look at a stack has brought: its gateways, the consumers of its log, the Worker's own log. */
import type { Channel } from "../../channel/channel.ts";
import type { RidingRows } from "../../channel/riding.ts";
import type { LogRun } from "../../channel/event-log.ts";
import type { Advance } from "../../domain/stack/findings.ts";
import { isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import type { Env } from "../../env.ts";
import { farEndsOf, regionOf } from "../../objects.ts";
import { isNewSampling, isUnusual } from "../../domain/stack/sampling.ts";
import { estimatedOperationOf } from "../../domain/stack/stack-forecasts.ts";
import { samplingFrame, type Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { StackFrame, TroubleFrame } from "../../protocol/stack/stack-frames.ts";
import type { KeptEstimates } from "../estimates/kept-estimates.ts";
import { tellOfFrames } from "../audiences/event-lines.ts";
import type { LogConsumers } from "../audiences/log-consumers.ts";
import type { DeploymentFeeds } from "./deployment-feeds.ts";
import type { StoredHead } from "./stack-codec.ts";
import type { StackExperience } from "./stack-experience.ts";
import type { StackInterest } from "./stack-interest.ts";
import type { StackStorage } from "./stack-store.ts";

/** That credentials are refused is reported so often by one stack, in milliseconds. */
const REFUSAL_MS = 300_000;

type Parts = Readonly<{
  ctx: DurableObjectState;
  env: Env;
  address: StackAddress;
  channel: Channel<StoredHead>;
  store: StackStorage;
  interest: StackInterest;
  feeds: DeploymentFeeds;
  /** Those that hand on what no deployment does. */
  consumers: Pick<LogConsumers, "skip" | "skipping">;
  experience: StackExperience;
  estimates: KeptEstimates;
}>;

export class StackCommits {
  private readonly parts: Parts;
  /** The stack's own status as its region received it last. */
  private shownStatus: string | undefined;
  private refusedAt = -Infinity;
  /** What viewers know of how often the stack is looked at; undefined: nothing, it is as usual. */
  private sampling: Sampling | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** What the commit of so many frames is to keep beside them. */
  rowsOf(frames: number): RidingRows {
    const { feeds, store, consumers } = this.parts;
    const { offset } = store.log;
    return feeds.isPartOfRun && frames > 0 ? consumers.skipping(offset + 1, offset + frames) : {};
  }

  /** A look has brought something. `isRepeated`: it was reported before, in another epoch. */
  note(runs: readonly LogRun[], { renewed, frames }: Advance, isRepeated: boolean): void {
    const { ctx, channel, store, interest, feeds, experience } = this.parts;
    const { log } = store;
    if (!isRepeated) {
      ctx.waitUntil(experience.teach(frames, store.state));
      this.judge(frames);
    }
    this.tellRegion();
    if (feeds.isPartOfRun && runs[0]) this.skip(runs[0].from);
    if (renewed) log.trimBefore(Math.min(log.floor, channel.handedOn + 1));
    if (isRepeated) feeds.skipRepeated();
    if (isComplete(store.state)) interest.noteUntracking();
    channel.gateways.send(runs, []);
    if (!feeds.isPartOfRun) tellOfFrames(channel.name, frames);
    ctx.waitUntil(feeds.deliver(Date.now()));
  }

  /** A deployment's stacks are audited there: what comes from an offset on is left out here. */
  skip(from: number): void {
    this.parts.consumers.skip(from);
  }

  /** A look has failed, and viewers are to know. */
  noteTrouble(frame: TroubleFrame): void {
    this.parts.channel.gateways.send([], [JSON.stringify(frame)]);
  }

  /** AWS refuses the credentials: the install is to know, now and then. */
  noteRefusal(now: number): void {
    if (now - this.refusedAt < REFUSAL_MS) return;
    this.refusedAt = now;
    const { ctx, env } = this.parts;
    ctx.waitUntil(
      farEndsOf(env)
        .noteTrouble("credentials", "AWS_CREDENTIALS")
        .catch(() => undefined),
    );
  }

  /** Viewers who opted in, and deployments whose runs go on, are to know how often the stack is looked at, if that is news. */
  noteSampling(next: Sampling | undefined): void {
    const { ctx, channel, feeds } = this.parts;
    const before = this.sampling;
    const isNews = next && (before ? isNewSampling(before, next) : isUnusual(next));
    if (!isNews) return;
    this.sampling = next;
    channel.gateways.send([], [], [JSON.stringify(samplingFrame(channel.name, next))]);
    ctx.waitUntil(feeds.tellSampling(next));
  }

  /** What viewers who opted in and have just come are reported. */
  get samplingFrames(): readonly string[] {
    const { sampling } = this;
    return sampling && isUnusual(sampling)
      ? [JSON.stringify(samplingFrame(this.parts.channel.name, sampling))]
      : [];
  }

  /** An operation is over: what was predicted of it is kept beside what came. */
  private judge(frames: readonly StackFrame[]): void {
    const { store, estimates } = this.parts;
    const end = frames.findLast((frame) => frame.type === "stack_complete");
    const { forecasts } = store.log.kept;
    if (end && forecasts) estimates.note(estimatedOperationOf(forecasts, end));
  }

  /** The region's board shows the stack as its newest own event does. */
  private tellRegion(): void {
    const { ctx, env, address, store } = this.parts;
    const root = rootOf(store.state);
    if (!root || root.status === this.shownStatus) return;
    this.shownStatus = root.status;
    const { stackId, status, statusAt } = root;
    const startedAt = store.state.attempt?.startedAt;
    const reported = { stackId, status, statusAt, ...(startedAt !== undefined && { startedAt }) };
    ctx.waitUntil(
      regionOf(env, address)
        .noteStatus(address.stackName, reported)
        // The next list of all stacks shows it.
        .catch(() => undefined),
    );
  }
}

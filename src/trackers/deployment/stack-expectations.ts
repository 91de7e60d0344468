/**
 * Sees to it that the trackers of a deployment's stacks know what the deployment expects of them: who is to be watched
 * patiently, who may begin at any moment, and who is of no interest any more. Compares what is wanted with what was
 * asked, so that a call that is lost is made again.
 */
import { stackChannelOf } from "../../protocol/connection/channel-names.ts";
import type { DeploymentState, StackNode } from "../../domain/deployment/deployment-state.ts";
import { expectationOf, type Answer, type Expectation } from "../../domain/deployment/following.ts";
import type { Env } from "../../env.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import * as z from "zod";
import { Rows } from "../../channel/rows.ts";
import { askedExpectationCodec, type AskedExpectation } from "./deployment-codec.ts";
import type { FedPositions } from "./fed-positions.ts";
import { call, stackTrackerOf } from "../../objects.ts";

/** Kept, one row for each stack: what its tracker was asked for. */
const ASKED = "told/";

/** Kept, one row for each tracker of a stack that is the deployment's no more, by its channel. */
const LET_GO = "let-go/";

const CONCURRENCY = 6;

/** What expectations follow from. `since`: which attempts count, see `FeedRequest`; `isWatched`: there are viewers. */
export type Expecting = Readonly<{
  state: DeploymentState;
  isFollowed: boolean;
  since: string;
  now: number;
  isWatched: boolean;
}>;

export class StackExpectations {
  private readonly rows: Rows<AskedExpectation>;
  private readonly gone: Rows<boolean>;
  private readonly env: Env;
  private readonly channel: string;
  private readonly positions: FedPositions;
  private readonly run: () => number;

  /** `run`: the number of the present one. What a call brought that another run has overtaken is dropped. */
  constructor(kv: SyncKvStorage, env: Env, channel: string, positions: FedPositions, run: () => number) {
    this.rows = new Rows(kv, ASKED, askedExpectationCodec);
    this.gone = new Rows(kv, LET_GO, z.boolean());
    this.env = env;
    this.channel = channel;
    this.positions = positions;
    this.run = run;
  }

  /** Tells the trackers what they do not know, and gives their answers. */
  tell(expecting: Expecting): Promise<Answer[]> {
    return this.sayToAll(this.open(expecting), expecting);
  }

  /** Tells the trackers of all stacks of which news may come at any moment the same again. */
  ask(expecting: Expecting): Promise<Answer[]> {
    const { state, isFollowed } = expecting;
    const awaited = [...state.stacks.values()].filter((stack) => {
      const expectation = expectationOf(state, stack, isFollowed);
      return expectation === "eager" || expectation === "resting";
    });
    return this.sayToAll(awaited, expecting);
  }

  /** Has a tracker hand on the whole attempt that began at the stack's own beginning, or after it. */
  async askAgain(stack: StackNode, { state, now, isWatched }: Expecting): Promise<void> {
    const answer = await this.say(
      stack,
      "eager",
      { state, since: stack.startTime ?? state.startTime, now, isWatched },
      true,
    );
    if (answer) this.positions.keep({ stack: stack.name, ...answer.standing.position });
  }

  /** Whether there are trackers that do not know what is expected of them. */
  isBehind(state: DeploymentState, isFollowed: boolean): boolean {
    return this.open({ state, isFollowed }).length > 0 || this.letGo().length > 0;
  }

  /** Another run asks everybody again. `gone`: the stacks of the run before, if those of the next may be others. */
  forget(gone: readonly StackNode[] = []): void {
    for (const stack of gone)
      if (this.askedOf(stack.name)?.expectation !== undefined) this.gone.put(channelOf(stack), true);
    this.rows.clear();
  }

  /** Releases the trackers of stacks that are the deployment's no more. `kept`: those that are, whatever was said of them. */
  async release(kept: readonly StackNode[]): Promise<void> {
    const present = new Set(kept.map(channelOf));
    await Promise.all(
      this.letGo().map(async (channel) => {
        try {
          if (!present.has(channel))
            await call(this.reach(channel), (tracker) => tracker.release(this.channel));
          this.gone.delete(channel);
        } catch {
          // Again with the next alarm.
        }
      }),
    );
  }

  /** Has all trackers forget the deployment. Throws if one cannot be reached. */
  async leave(stacks: readonly StackNode[]): Promise<void> {
    for (const stack of stacks) if (stack.region !== undefined) this.gone.put(channelOf(stack), true);
    await this.release([]);
    if (this.letGo().length > 0) throw new Error("A stack's object was not reached");
  }

  private letGo(): string[] {
    return [...this.gone.all.keys()];
  }

  private open({ state, isFollowed }: Pick<Expecting, "state" | "isFollowed">): StackNode[] {
    // Where Stackcast deploys, its orchestration knows best when a stack has to be looked at.
    if (state.mode !== "track" || state.run === 0) return [];
    return [...state.stacks.values()].filter(
      (stack) =>
        (this.askedOf(stack.name)?.expectation ?? "released") !== expectationOf(state, stack, isFollowed),
    );
  }

  private async sayToAll(stacks: readonly StackNode[], expecting: Expecting): Promise<Answer[]> {
    const waiting = [...stacks];
    const answers: (Answer | undefined)[] = [];
    while (waiting.length > 0) {
      const said = waiting
        .splice(0, CONCURRENCY)
        .map((stack) =>
          this.say(stack, expectationOf(expecting.state, stack, expecting.isFollowed), expecting),
        );
      answers.push(...(await Promise.all(said)));
    }
    return answers.filter((answer) => answer !== undefined);
  }

  /** Undefined: it was not reached, or has nothing to answer. */
  private async say(
    stack: StackNode,
    expectation: Expectation,
    { state, since, now, isWatched }: Omit<Expecting, "isFollowed">,
    again = false,
  ): Promise<Answer | undefined> {
    const { name } = stack;
    const reach = this.reach(channelOf(stack));
    const before = this.askedOf(name);
    const at = before?.expectation === expectation ? (before.at ?? now) : now;
    try {
      if (expectation === "released") {
        await call(reach, (tracker) => tracker.release(this.channel));
        if (this.run() === state.run) this.rows.put(name, { expectation, at });
        return undefined;
      }
      const after = again ? undefined : this.positions.of(name);
      const request = {
        deployment: this.channel,
        stack: name,
        run: state.run,
        since,
        ...(after && { after }),
        eager: expectation === "eager",
        ...(expectation === "resting" && { resting: true }),
        ...(again && { anew: true }),
        ...(state.grouped && { grouped: true }),
        ...(isWatched && { watched: true }),
        version: RPC_VERSION,
      };
      const standing = await call(reach, (tracker) => tracker.feed(request));
      if (this.run() !== state.run) return undefined;
      if (before?.expectation !== expectation || before.at !== at) this.rows.put(name, { expectation, at });
      this.positions.begin(name, standing.position);
      return { stack: name, expectation, standing, isFirst: before === undefined, expectedSince: at };
    } catch {
      return undefined;
    }
  }

  private askedOf(stack: string): AskedExpectation | undefined {
    return this.rows.get(stack);
  }

  private readonly reach = (channel: string) => () => stackTrackerOf(this.env, channel);
}

const channelOf = ({ name, stackName = name, account, region = "" }: StackNode): string =>
  stackChannelOf({ account, region, stackName });

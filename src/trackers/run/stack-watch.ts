/** Has the trackers of stacks look out for what an orchestrated run sets going in them. */
import type { DeploymentState, StackNode } from "../../domain/deployment/deployment-state.ts";
import { tokensOf } from "../../domain/run/operation-names.ts";
import type { Task, TaskKind } from "../../domain/run/task.ts";
import { inAccount, type StackAddress } from "../../protocol/connection/channel-names.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import type { FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import type { Env } from "../../env.ts";
import type { FedPositions } from "../deployment/fed-positions.ts";
import { call, stackTrackerOf } from "../../objects.ts";

/** A run, and how often it was begun to be rolled back before. */
type Going = Readonly<{ state: DeploymentState; rollbacks: number | undefined }>;

export class StackWatch {
  private readonly env: Env;
  private readonly channel: string;
  private readonly positions: FedPositions;

  constructor(env: Env, channel: string, positions: FedPositions) {
    this.env = env;
    this.channel = channel;
    this.positions = positions;
  }

  /** Resolves when the tracker knows. What began before counts only under the name by which it was asked for. */
  async lookOut(stack: StackNode, kind: TaskKind, going: Going): Promise<void> {
    const { position } = await this.feed(stack, this.requestFor(stack, kind, going));
    this.positions.begin(stack.name, position);
  }

  /** The tracker waits no more. One that does not hear it learns so when it next has something to tell. */
  async release(stack: StackNode): Promise<void> {
    await call(
      () => stackTrackerOf(this.env, addressOf(stack)),
      (tracker) => tracker.release(this.channel),
    ).catch(() => undefined);
  }

  /** Has the trackers look at once; one that cannot be reached is asked the next time. */
  async askAgain(tasks: ReadonlyMap<string, Task>, going: Going): Promise<void> {
    await Promise.allSettled(
      [...tasks].map(async ([name, task]) => {
        const stack = going.state.stacks.get(name);
        if (stack) await this.askOne(stack, task, going);
      }),
    );
  }

  private async askOne(stack: StackNode, { kind, accepted }: Task, going: Going): Promise<void> {
    const request = this.requestFor(stack, kind, going);
    const after = this.positions.of(stack.name);
    // AWS's clock and ours may differ: the name by which it was asked for counts, too.
    const since = stack.startTime ?? going.state.startTime;
    const { isIdle, position } = await this.feed(stack, {
      ...request,
      since,
      ...(after && { after }),
    });
    if (!isIdle || !accepted) return this.positions.begin(stack.name, position);
    // CloudFormation has taken it, and rests: what it did has been sent to a run that does not remember it.
    const again = await this.feed(stack, { ...request, anew: true });
    this.positions.keep({ stack: stack.name, ...again.position });
  }

  private requestFor(stack: StackNode, kind: TaskKind, { state, rollbacks }: Going): FeedRequest {
    return {
      deployment: this.channel,
      stack: stack.name,
      run: state.run,
      tokens: tokensOf({ ...state, stack: stack.name }, kind, rollbacks),
      eager: true,
      begun: true,
      version: RPC_VERSION,
    };
  }

  private feed(stack: StackNode, request: FeedRequest): Promise<StackStanding> {
    return call(
      () => stackTrackerOf(this.env, addressOf(stack)),
      (tracker) => tracker.feed(request),
    );
  }
}

const addressOf = ({ name, stackName = name, account, region = "" }: StackNode): StackAddress => ({
  ...inAccount(account),
  region,
  stackName,
});

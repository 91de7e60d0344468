/** Has the trackers of stacks look out for what an orchestrated run sets going in them. */
import type { DeploymentState, StackNode } from "../domain/deployment/deployment-state.ts";
import type { Task } from "../domain/orchestration/task.ts";
import { stackChannelOf } from "../protocol/channel-names.ts";
import { placedNear } from "../protocol/location-hint.ts";
import type { Env } from "../settings.ts";

export class StackWatch {
  private readonly env: Env;
  private readonly channel: string;

  constructor(env: Env, channel: string) {
    this.env = env;
    this.channel = channel;
  }

  /** Resolves when the tracker knows; `since`: what began later counts, too. AWS's clock and ours may differ. */
  async lookOut(stack: StackNode, since?: string): Promise<void> {
    await this.trackerOf(stack).feed({
      deployment: this.channel,
      stack: stack.name,
      ...(since !== undefined && { since }),
      eager: true,
      begun: true,
    });
  }

  /** The tracker waits no more. One that does not hear it is told so when it next has something to tell. */
  async release(stack: StackNode): Promise<void> {
    await this.trackerOf(stack)
      .release(this.channel)
      .catch(() => undefined);
  }

  /** Has the trackers look at once; one that cannot be reached is asked the next time. */
  async askAgain(state: DeploymentState, tasks: ReadonlyMap<string, Task>): Promise<void> {
    const stacks = [...tasks.keys()]
      .map((name) => state.stacks.get(name))
      .filter((stack) => stack !== undefined);
    await Promise.allSettled(stacks.map((stack) => this.lookOut(stack, stack.startTime ?? state.startTime)));
  }

  private trackerOf({ name, stackName = name, region = "" }: StackNode) {
    const { STACKS } = this.env;
    return STACKS.get(STACKS.idFromName(stackChannelOf({ region, stackName })), placedNear(region));
  }
}

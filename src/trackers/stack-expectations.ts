/**
 * Sees to it that the trackers of a deployment's stacks know what the deployment expects of them: who is to be watched
 * patiently, who may begin at any moment, and who is of no interest any more. Compares what is wanted with what was
 * told, so that a call that is lost is made again.
 */
import { stackChannelOf } from "../protocol/channel-names.ts";
import {
  hasEnded,
  isBlocked,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "../domain/deployment/deployment-state.ts";
import { placedNear } from "../protocol/location-hint.ts";
import type { Env } from "../settings.ts";

type Expectation = "patient" | "eager" | "released";

/** Kept, one row for each stack: what its tracker was told. */
const TOLD = "told/";

const CONCURRENCY = 6;

const RETRY_MS = 2_000;

/** What is expected of a stack now. */
const expectationOf = (state: DeploymentState, stack: StackNode): Expectation => {
  if (hasEnded(state) || isSettled(state, stack) || isBlocked(stack, state.stacks)) return "released";
  const free = stack.dependsOn.every((name) => {
    const dependency = state.stacks.get(name);
    return dependency === undefined || isSettled(state, dependency);
  });
  return free || stack.status !== "pending" ? "eager" : "patient";
};

export class StackExpectations {
  private readonly kv: SyncKvStorage;
  private readonly env: Env;
  private readonly channel: string;

  constructor(kv: SyncKvStorage, env: Env, channel: string) {
    this.kv = kv;
    this.env = env;
    this.channel = channel;
  }

  /** Tells the trackers what they do not know. True if all of them know now. */
  async tell(state: DeploymentState, since: string): Promise<boolean> {
    const open = this.open(state);
    let told = true;
    while (open.length > 0) {
      const results = await Promise.all(
        open.splice(0, CONCURRENCY).map((stack) => this.tellOne(state, stack, since)),
      );
      told &&= results.every(Boolean);
    }
    return told;
  }

  /** Milliseconds until trackers have to be told; undefined: all of them know. */
  nextIn(state: DeploymentState): number | undefined {
    return this.open(state).length > 0 ? RETRY_MS : undefined;
  }

  /** A new run tells everybody anew. */
  forget(): void {
    for (const [key] of this.kv.list({ prefix: TOLD })) this.kv.delete(key);
  }

  private open(state: DeploymentState): StackNode[] {
    // Where Stackcast deploys, its orchestration knows best when a stack has to be looked at.
    if (state.mode !== "track" || state.run === 0) return [];
    return [...state.stacks.values()].filter(
      (stack) => (this.kv.get<Expectation>(TOLD + stack.name) ?? "released") !== expectationOf(state, stack),
    );
  }

  private async tellOne(state: DeploymentState, stack: StackNode, since: string): Promise<boolean> {
    const expectation = expectationOf(state, stack);
    const { region = "", stackName = stack.name, name } = stack;
    const tracker = this.env.STACKS.get(
      this.env.STACKS.idFromName(stackChannelOf({ region, stackName })),
      placedNear(region),
    );
    try {
      if (expectation === "released") await tracker.release(this.channel);
      else
        await tracker.feed({ deployment: this.channel, stack: name, since, eager: expectation === "eager" });
    } catch {
      return false;
    }
    this.kv.put<Expectation>(TOLD + name, expectation);
    return true;
  }
}

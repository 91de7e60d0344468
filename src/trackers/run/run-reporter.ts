/**
 * Takes what the workflow and the trackers of the stacks report of a run, tells it as the deployment's events, and answers
 * what is to be done next. What follows from a report is decided in `domain/run`; nothing here asks AWS.
 */
import type { StackNode } from "../../domain/deployment/deployment-state.ts";
import { isAllowed, startEvents, validationFailed } from "../../domain/run/facts.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import { nextTurn } from "../../domain/run/next-turn.ts";
import { eventsOfFrames } from "../../domain/run/operation-frames.ts";
import { outOfSightFrame } from "../../domain/run/out-of-sight.ts";
import type {
  Caller,
  Fact,
  Holder,
  RunLease,
  PlanFault,
  Start,
  TurnAnswer,
} from "../../domain/run/run-calls.ts";
import { withWayOut } from "../../domain/run/way-out.ts";
import type { Channel } from "../../channel/channel.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { FeedDelivery } from "../../protocol/rpc/stack-feed.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { DeploymentCommits } from "../deployment/deployment-commits.ts";
import type { DeploymentStorage } from "../deployment/deployment-store.ts";
import type { FedPositions } from "../deployment/fed-positions.ts";
import type { RunController } from "./run-controller.ts";
import type { RunStore } from "./run-store.ts";
import { StackWatch } from "./stack-watch.ts";

/** No state of a run is followed by more rounds of events than these. */
const MAX_ROUNDS = 20;

type Parts = Readonly<{
  env: Env;
  channel: Pick<Channel, "name" | "gateways">;
  store: DeploymentStorage;
  positions: FedPositions;
  commits: DeploymentCommits;
  run: RunStore;
  controller: RunController;
}>;

export class RunReporter {
  private readonly parts: Parts;
  private readonly run: RunStore;
  private readonly watch: StackWatch;

  constructor(parts: Parts) {
    this.parts = parts;
    this.run = parts.run;
    this.watch = new StackWatch(parts.env, parts.channel.name, parts.positions);
  }

  /** What the workflow is to do next. `spent`: it has had so many steps that another instance is to go on. */
  async turn(caller: Caller, doubt: boolean, spent: boolean): Promise<TurnAnswer> {
    const { run } = this;
    if (!this.hears(caller, true)) return { over: true, actions: [] };
    if (spent && run.current) {
      this.parts.controller.replace(run.current);
      return { over: true, actions: [] };
    }
    if (doubt) await this.watch.askAgain(run.plans.tasks, this.watched());
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { current: orchestration, state } = run;
      if (!orchestration) break;
      const { tasks, marks } = run.plans;
      const turn = nextTurn({ state, orchestration, tasks, marks }, momentAfter(state, this.now()), doubt);
      if (turn.over) break;
      if (turn.events.length === 0) return { over: false, actions: turn.actions };
      // Events that are not accepted would be tried for ever.
      if ((await this.tell(turn.events)) === 0) return { over: false, actions: [] };
    }
    return { over: run.current === undefined, actions: [] };
  }

  /** All that is needed to act on a stack; undefined: nothing is to be done any more. */
  lease(caller: Caller, stack: string): RunLease | undefined {
    return this.hears(caller) ? this.run.nextLease(stack) : undefined;
  }

  /** Names of the stacks to be deployed, in order. */
  stacks(caller: Caller): readonly string[] {
    return this.hears(caller) ? (this.run.plans.plan?.stacks ?? []).map(({ name }) => name) : [];
  }

  /**
   * Whether something may begin in a stack. If so it is kept before it is done, and the stack's tracker looks out for it;
   * the same again is allowed again.
   */
  async start(holder: Holder, name: string, start: Start): Promise<boolean> {
    const { run } = this;
    const { state } = run;
    const stack = state.stacks.get(name);
    if (!this.hearsNewest(holder, name) || !stack || !isAllowed(start, state, stack)) return false;
    const now = this.now();
    if (run.keepStart(name, start, now))
      await this.tell(startEvents(start, state, stack, momentAfter(state, now)));
    await this.watch.lookOut(stack, start.kind, this.watched());
    return true;
  }

  /** Takes what the workflow found out about a stack. */
  async note(holder: Holder, name: string, fact: Fact): Promise<void> {
    const { plans, state } = this.run;
    const stack = state.stacks.get(name);
    if (!this.hearsNewest(holder, name) || !stack) return;
    const before = plans.task(name);
    await this.tell(this.follow(fact, stack));
    if (before && !plans.task(name)) await this.watch.release(stack);
  }

  /** Takes what validation found: nothing begins if anything is wrong. */
  async validated(caller: Caller, faults: readonly PlanFault[]): Promise<void> {
    const { plans, state } = this.run;
    const { orchestration } = plans;
    if (!this.hears(caller) || !orchestration || orchestration.validated) return;
    if (state.status !== "validating") return;
    if (faults.length === 0) return plans.keepOrchestration({ ...orchestration, validated: true });
    await this.tell(validationFailed(faults, state, momentAfter(state, this.now())));
  }

  /** Whether the run waits for news of a stack. */
  wants(stack: string): boolean {
    return this.run.current !== undefined && this.run.plans.task(stack) !== undefined;
  }

  /**
   * The events that a tracker's delivery makes, and what it changes, to be kept in the same turn as its position.
   * `isEarly`: it may be of somebody else's doing, and nothing of it counts before CloudFormation is known to have begun
   * with ours.
   */
  taken(belonging: DeploymentAddress & Readonly<{ stack: string }>, frames: readonly StackFrame[]) {
    const { stack } = belonging;
    const task = this.run.plans.task(stack);
    if (!task) return { events: [], keep: () => undefined, isEarly: false };
    const { events, ended, begun } = eventsOfFrames(frames, belonging, task);
    if (!task.accepted && (events.length > 0 || ended || begun))
      return { events: [], keep: () => undefined, isEarly: true };
    const keep = (): void => {
      if (ended) this.end(stack, ended === "well");
      else this.run.keepProgress(stack, begun, frames.length > 0);
    };
    return { events, keep, isEarly: false };
  }

  /** A tracker has given its stack up, which is not there or may not be seen. */
  given(stack: string, { code, message }: NonNullable<FeedDelivery["trouble"]>): readonly DeploymentEvent[] {
    const { plans, state } = this.run;
    const task = plans.task(stack);
    const isMissed = code === "STACK_NOT_FOUND";
    // One that was to be deleted may just be gone: the workflow finds out.
    if (!task || (isMissed && task.kind !== "deploy")) return [];
    const error = { code, message };
    if (!isMissed) {
      const node = state.stacks.get(stack);
      return node ? this.follow({ kind: "unseen", error }, node) : [];
    }
    this.end(stack, false);
    const { deploymentId, environment } = state;
    const timestamp = momentAfter(state, this.now());
    return [
      withWayOut({ type: "stack_failed", timestamp, data: { deploymentId, environment, stack, error } }),
    ];
  }

  /** Keeps what follows from a fact, and gives the events that do. */
  private follow(fact: Fact, stack: StackNode): readonly DeploymentEvent[] {
    const { channel } = this.parts;
    const { name } = stack;
    const wasUnseen = this.run.plans.task(name)?.unseen !== undefined;
    const { events, task } = this.run.keepFact(fact, stack, this.now());
    if (task?.unseen && !wasUnseen) {
      logLine("warn", "Out of sight", { channel: channel.name, stack: name, code: task.unseen.code });
      channel.gateways.send([], [outOfSightFrame(channel.name, name, task.unseen)]);
    }
    return events;
  }

  /** Keeps events with those that follow from them; gives how many were accepted. */
  private async tell(events: readonly DeploymentEvent[]): Promise<number> {
    const { address } = this.parts.store;
    return address ? this.parts.commits.tell(address, events) : 0;
  }

  private end(stack: string, well: boolean): void {
    this.run.keepEnd(stack, well);
    this.parts.controller.news();
  }

  /** Whether the caller is the one that carries the run out; if so, it is alive. */
  private hears(caller: Caller, knowsAll = false): boolean {
    const isCurrent = this.run.isCurrent(caller);
    if (isCurrent) this.parts.controller.heard(knowsAll);
    return isCurrent;
  }

  private hearsNewest(holder: Holder, stack: string): boolean {
    return this.hears(holder) && this.run.holdsNewest(holder, stack);
  }

  private watched() {
    return { state: this.run.state, rollbacks: this.run.plans.orchestration?.rollbacks };
  }

  private now(): string {
    return new Date().toISOString();
  }
}

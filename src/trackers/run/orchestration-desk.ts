/**
 * A deployment's side of its orchestration: says what is to be done next, lets something be set going in a stack or not,
 * and takes what the workflow and the stacks' trackers found out. What follows from it is decided in
 * `domain/orchestration`; nothing here asks AWS.
 */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { inAccount, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { hasEnded, type StackNode } from "../../domain/deployment/deployment-state.ts";
import type {
  Caller,
  Fact,
  Holder,
  Order,
  OrchestrationParams,
  PlanFault,
  Start,
  TurnAnswer,
} from "../../domain/run/run-calls.ts";
import {
  backAfter,
  consequenceOf,
  isAllowed,
  startEvents,
  validationFailed,
  withoutTrouble,
} from "../../domain/run/facts.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import { nextTurn } from "../../domain/run/next-turn.ts";
import { toldByAll } from "../../domain/run/operation-frames.ts";
import { outOfSightFrame, type LostStacks } from "../../domain/run/out-of-sight.ts";
import type { Orchestration } from "../../domain/run/task.ts";
import { withWayOut } from "../../domain/run/way-out.ts";
import type { FeedDelivery } from "../../protocol/rpc/stack-feed.ts";
import type { Env } from "../../env.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { Channel } from "../../channel/channel.ts";
import type { DeploymentCommits } from "../deployment/deployment-commits.ts";
import type { DeploymentStore } from "../deployment/deployment-store.ts";
import type { FedPositions } from "../deployment/fed-positions.ts";
import { OrchestrationInstance } from "./orchestration-instance.ts";
import type { PlanStore } from "./plan-store.ts";
import { StackWatch } from "./stack-watch.ts";
import { logLine } from "../../log.ts";

/** More events than these follow from no standing. */
const MAX_TELLINGS = 20;

type Parts = Readonly<{
  ctx: DurableObjectState;
  env: Env;
  channel: Pick<Channel, "name" | "gateways">;
  store: DeploymentStore;
  plans: PlanStore;
  positions: FedPositions;
  commits: DeploymentCommits;
}>;

export class OrchestrationDesk {
  readonly plans: PlanStore;
  private readonly instance: OrchestrationInstance;
  private readonly watch: StackWatch;
  private readonly store: DeploymentStore;
  private readonly channel: Parts["channel"];
  private readonly commits: DeploymentCommits;

  constructor({ ctx, env, channel, store, plans, positions, commits }: Parts) {
    this.plans = plans;
    this.instance = new OrchestrationInstance(ctx, env);
    this.watch = new StackWatch(env, channel.name, positions);
    this.store = store;
    this.channel = channel;
    this.commits = commits;
  }

  /** Whether the stacks of the present run are told of here. */
  get isInCharge(): boolean {
    return this.store.state.mode === "deploy";
  }

  /** Keeps what a run that is about to be told is to come to. */
  keep(orchestration: Omit<Orchestration, "generation">): void {
    this.plans.forgetTasks();
    this.plans.keepOrchestration({ ...orchestration, generation: 0 });
  }

  /** Begins a workflow instance for the run, its first one or another. */
  begin(orchestration: Omit<Orchestration, "generation">): void {
    const before = this.plans.orchestration;
    const generation = before?.run === orchestration.run ? before.generation + 1 : 1;
    this.plans.keepOrchestration({ ...orchestration, generation });
    const { address } = this.store;
    if (address) this.instance.begin(address, this.params(orchestration.run, generation));
  }

  /** Has the workflow look again. */
  news(): void {
    const { address } = this.store;
    const current = this.current();
    if (address && current) this.instance.tell(address, this.params(current.run, current.generation));
  }

  /** What the workflow is to do next. `spent`: it has had so many steps that another instance is to go on. */
  async turn(caller: Caller, doubt: boolean, spent: boolean): Promise<TurnAnswer> {
    if (!this.isCurrent(caller)) return { over: true, actions: [] };
    this.instance.asked();
    if (spent) {
      const { generation: _generation, ...orchestration } = this.plans.orchestration!;
      this.begin(orchestration);
      return { over: true, actions: [] };
    }
    if (doubt) await this.watch.askAgain(this.plans.tasks, this.going());
    for (let count = 0; count < MAX_TELLINGS; count += 1) {
      const orchestration = this.current();
      if (!orchestration) break;
      const { tasks, marks } = this.plans;
      const { state } = this.store;
      const turn = nextTurn({ state, orchestration, tasks, marks }, momentAfter(state, this.now()), doubt);
      if (turn.over) break;
      if (turn.events.length === 0) return { over: false, actions: turn.actions };
      // What cannot be told would be tried for ever.
      if ((await this.tell(turn.events)) === 0) return { over: false, actions: [] };
    }
    return { over: this.current() === undefined, actions: [] };
  }

  /**
   * All that is needed to act on a stack; undefined: nothing is to be done any more. Whoever got an order before has
   * nothing more to say.
   */
  order(caller: Caller, stack: string): Order | undefined {
    const { plan } = this.plans;
    const { address, state } = this.store;
    const wanted = plan?.stacks.find(({ name }) => name === stack);
    if (!this.isCurrent(caller) || !address || !wanted) return undefined;
    const body = this.plans.template(stack);
    const template =
      wanted.templateUrl === undefined ? { body: body ?? "" } : ({ url: wanted.templateUrl } as const);
    const task = this.plans.task(stack);
    const mark = this.plans.mark(stack);
    const picture = this.plans.picture(stack);
    const attempt = this.plans.orchestration?.rollbacks;
    return {
      number: this.plans.nextOrder(stack),
      address,
      run: state.run,
      ...(attempt !== undefined && { attempt }),
      user: state.user ?? "",
      plan: wanted,
      template,
      places: Object.fromEntries(
        plan!.stacks.map(({ name, stackName, account, region }) => [
          name,
          { stackName, ...inAccount(account), region },
        ]),
      ),
      ...(task && { task }),
      ...(mark && { mark }),
      ...(picture && { picture }),
    };
  }

  /** Names of the stacks to be deployed, in order. */
  stacks(caller: Caller): readonly string[] {
    return this.isCurrent(caller) ? (this.plans.plan?.stacks ?? []).map(({ name }) => name) : [];
  }

  /**
   * Whether something may be set going in a stack. If so it is kept before it is done, and the stack's tracker looks out
   * for it; the same again is allowed again.
   */
  async start(holder: Holder, name: string, start: Start): Promise<boolean> {
    const { state } = this.store;
    const stack = state.stacks.get(name);
    if (!this.holdsNewest(holder, name) || !stack || !isAllowed(start, state, stack)) return false;
    const known = this.plans.task(name);
    const { kind, change, changeSetId, staysPaused, picture, reason } = start;
    const same = known?.kind === kind && known.changeSetId === changeSetId;
    if (!same) {
      const isFirst = kind === "deploy" && !this.plans.mark(name);
      this.plans.keepTask(name, {
        kind,
        ...(change && { change }),
        ...(changeSetId !== undefined && { changeSetId }),
        ...(kind === "revert" && reason !== undefined && { reason }),
        ...(isFirst && { isFirst }),
        ...(staysPaused && { staysPaused }),
        since: this.now(),
        accepted: false,
      });
      if (isFirst) {
        if (picture) this.plans.keepPicture(name, picture);
        this.plans.keepMark(name, { how: change === "CREATE" ? "created" : "updated" });
      }
      await this.tell(startEvents(start, state, stack, momentAfter(state, this.now())));
    }
    await this.watch.lookOut(stack, kind, this.going());
    return true;
  }

  /** Takes what the workflow found out about a stack. */
  async note(holder: Holder, name: string, fact: Fact): Promise<void> {
    const { state } = this.store;
    const stack = state.stacks.get(name);
    if (!this.holdsNewest(holder, name) || !stack) return;
    const before = this.plans.task(name);
    await this.tell(this.follow(fact, stack));
    if (before && !this.plans.task(name)) await this.watch.release(stack);
  }

  /** Keeps what follows from a fact; gives what is to be told of it. */
  private follow(fact: Fact, stack: StackNode): readonly DeploymentEvent[] {
    const { name } = stack;
    const about = this.about(stack);
    const { events, task, mark } = consequenceOf(fact, about);
    if (task) this.plans.keepTask(name, task);
    if (task === null) this.plans.dropTask(name);
    if (mark) this.plans.keepMark(name, mark);
    if (mark === null) this.plans.dropMark(name);
    if (task?.unseen && !about.task?.unseen) {
      logLine("warn", "Out of sight", { channel: this.channel.name, stack: name, code: task.unseen.code });
      this.channel.gateways.send([], [outOfSightFrame(this.channel.name, name, task.unseen)]);
    }
    return events;
  }

  /** Takes what validation found: nothing is begun if anything is wrong. */
  async validated(caller: Caller, faults: readonly PlanFault[]): Promise<void> {
    const orchestration = this.plans.orchestration;
    if (!this.isCurrent(caller) || !orchestration || orchestration.validated) return;
    const { state } = this.store;
    if (state.status !== "validating") return;
    if (faults.length === 0) return this.plans.keepOrchestration({ ...orchestration, validated: true });
    const timestamp = momentAfter(state, this.now());
    await this.tell(validationFailed(faults, state, timestamp));
  }

  /** Whether news of a stack is waited for. */
  wants(stack: string): boolean {
    return this.current() !== undefined && this.plans.task(stack) !== undefined;
  }

  /**
   * What a tracker's delivery tells, and what it changes, to be kept in the same turn as its position. `isEarly`: it may
   * be of somebody else's doing, and nothing of it is taken before CloudFormation is known to have begun with ours.
   */
  taken(belonging: DeploymentAddress & Readonly<{ stack: string }>, frames: readonly StackFrame[]) {
    const { stack } = belonging;
    const task = this.plans.task(stack);
    if (!task) return { events: [], keep: () => undefined, isEarly: false };
    const { events, ended, begun } = toldByAll(frames, belonging, task);
    if (!task.accepted && (events.length > 0 || ended || begun))
      return { events: [], keep: () => undefined, isEarly: true };
    const keep = (): void => {
      const known = this.plans.task(stack);
      if (ended) this.end(stack, ended === "well");
      else if (known && ((begun && !known.begun) || (known.unseen && frames.length > 0)))
        this.plans.keepTask(stack, { ...withoutTrouble(known), ...(begun && { begun }) });
    };
    return { events, keep, isEarly: false };
  }

  /** A tracker has given its stack up, which is not there or may not be seen. */
  given(stack: string, { code, message }: NonNullable<FeedDelivery["trouble"]>): readonly DeploymentEvent[] {
    const task = this.plans.task(stack);
    const isMissed = code === "STACK_NOT_FOUND";
    // One that was to be deleted may just be gone: the workflow finds out.
    if (!task || (isMissed && task.kind !== "deploy")) return [];
    const node = this.store.state.stacks.get(stack);
    if (!isMissed) return node ? this.follow({ kind: "unseen", error: { code, message } }, node) : [];
    this.end(stack, false);
    const { deploymentId, environment } = this.store.state;
    const timestamp = momentAfter(this.store.state, this.now());
    const error = { code, message };
    return [
      withWayOut({ type: "stack_failed", timestamp, data: { deploymentId, environment, stack, error } }),
    ];
  }

  /** The stacks in which something goes on that AWS lets nobody see. */
  get lostStacks(): LostStacks {
    const tasks = this.current() ? [...this.plans.tasks] : [];
    return new Map(
      tasks.flatMap(([stack, { unseen }]) =>
        unseen ? [[stack, { ...unseen, retryable: true }] as const] : [],
      ),
    );
  }

  /** Milliseconds until the workflow has to be looked after; undefined: there is none. */
  nextIn(now: number): number | undefined {
    return this.current() && this.instance.nextIn(now);
  }

  /** Sees to it that the run goes on; what is over is cleared away. */
  async work(now: number): Promise<void> {
    const { address } = this.store;
    const current = this.current();
    if (!current || !address) return;
    const params = this.params(current.run, current.generation);
    if (await this.instance.nudge(address, params, now)) return;
    const { generation: _generation, ...orchestration } = current;
    const present = this.current();
    if (present?.run === current.run && present.generation === current.generation) this.begin(orchestration);
  }

  /** Keeps events and tells of them; gives how many were accepted, with those that follow. */
  private async tell(events: readonly DeploymentEvent[]): Promise<number> {
    const { address } = this.store;
    return address ? this.commits.tell(address, events) : 0;
  }

  private end(stack: string, well: boolean): void {
    const mark = this.plans.mark(stack);
    const { status } = this.store.state;
    const task = this.plans.task(stack);
    this.plans.dropTask(stack);
    const back = task && backAfter(task.kind, well);
    if (mark && back && status === "rolling_back") this.plans.keepMark(stack, { ...mark, back });
    this.news();
  }

  private about(stack: StackNode) {
    const { state } = this.store;
    const task = this.plans.task(stack.name);
    const mark = this.plans.mark(stack.name);
    return { state, stack, task, mark, now: momentAfter(state, this.now()) };
  }

  private going() {
    return { state: this.store.state, rollbacks: this.plans.orchestration?.rollbacks };
  }

  private params(run: number, generation: number): OrchestrationParams {
    return { channel: this.channel.name, run, generation };
  }

  /** The orchestration of a run that is not over. */
  private current(): Orchestration | undefined {
    const { state } = this.store;
    const { orchestration } = this.plans;
    return orchestration?.run === state.run && !hasEnded(state) && state.run > 0 ? orchestration : undefined;
  }

  /** Whether the caller is the one that carries the run out; if so, it is alive. */
  private isCurrent({ run, generation }: Caller): boolean {
    const current = this.current();
    if (current?.run !== run || current.generation !== generation) return false;
    this.instance.heard();
    return true;
  }

  private holdsNewest(holder: Holder, stack: string): boolean {
    return this.isCurrent(holder) && this.plans.orderOf(stack) === holder.order;
  }

  private now(): string {
    return new Date().toISOString();
  }
}

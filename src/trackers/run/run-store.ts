/**
 * What a run that Stackcast carries out keeps beside its events: its plan, the orchestration, the tasks of its stacks and
 * what has to be rolled back. No method waits for anything, so each is one transaction, or part of its caller's.
 */
import { hasEnded, type DeploymentState, type StackNode } from "../../domain/deployment/deployment-state.ts";
import { backAfter, consequenceOf, withoutTrouble, type Consequence } from "../../domain/run/facts.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import type { Skipped } from "../../domain/run/rollback-blockers.ts";
import type { LostStacks } from "../../domain/run/out-of-sight.ts";
import type {
  Caller,
  DeploymentPlan,
  Fact,
  Holder,
  RunLease,
  OrchestrationParams,
  Start,
} from "../../domain/run/run-calls.ts";
import type { Orchestration } from "../../domain/run/task.ts";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import type { DeploymentStorage } from "../deployment/deployment-store.ts";
import type { PlanStore } from "./plan-store.ts";

/** What a run that Stackcast carries out begins with. */
export type NewRun = Readonly<{
  plan: DeploymentPlan;
  /** By stack, those that were sent; absent: the plan was kept before, and its templates with it. */
  templates?: ReadonlyMap<string, string> | undefined;
  orchestration: Omit<Orchestration, "generation">;
  /** What the runs before it did can still be rolled back. */
  goesOn: boolean;
  /** It has waited, and does not any more. */
  hasWaited?: boolean | undefined;
}>;

export class RunStore {
  readonly plans: PlanStore;
  private readonly deployment: DeploymentStorage;
  private readonly channel: string;

  constructor(plans: PlanStore, deployment: DeploymentStorage, channel: string) {
    this.plans = plans;
    this.deployment = deployment;
    this.channel = channel;
  }

  /** Whether Stackcast itself carries out the present run. */
  get isInCharge(): boolean {
    return this.state.mode === "deploy";
  }

  get state(): DeploymentState {
    return this.deployment.state;
  }

  /** The orchestration of a run that is not over. */
  get current(): Orchestration | undefined {
    const { orchestration } = this.plans;
    const { state } = this;
    return orchestration?.run === state.run && !hasEnded(state) && state.run > 0 ? orchestration : undefined;
  }

  /** Whether the caller is the workflow instance that carries the run out. */
  isCurrent({ run, generation }: Caller): boolean {
    const { current } = this;
    return current?.run === run && current.generation === generation;
  }

  holdsNewest(holder: Holder, stack: string): boolean {
    return this.isCurrent(holder) && this.plans.leaseOf(stack) === holder.order;
  }

  paramsOf({ run, generation }: Caller): OrchestrationParams {
    return { channel: this.channel, run, generation };
  }

  /** Keeps a run that is about to begin. It has no workflow instance yet. */
  keepRun({ plan, templates, orchestration, goesOn, hasWaited = false }: NewRun): void {
    const { plans } = this;
    if (hasWaited) plans.dropQueued();
    if (templates) plans.keepPlan(plan, templates);
    else plans.changePlan(plan);
    if (!goesOn) plans.forgetMarks();
    for (const [stack, { back }] of plans.marks) if (back === "well") plans.dropMark(stack);
    this.reopenFailed();
    plans.forgetTasks();
    plans.keepOrchestration({ ...orchestration, generation: 0 });
  }

  /** Keeps that a run is rolled back, again where that has failed before; `wasOver`: it has ended meanwhile. */
  keepRollback(
    { skipped: _before, ...before }: Orchestration,
    wasOver: boolean,
    skipped: Skipped,
  ): Orchestration {
    this.reopenFailed();
    const orchestration = {
      ...before,
      ...(wasOver && { rollbacks: (before.rollbacks ?? 0) + 1 }),
      ...(Object.keys(skipped).length > 0 && { skipped }),
    };
    this.plans.keepOrchestration(orchestration);
    return orchestration;
  }

  /** Keeps that the run gets its first workflow instance, or the next one. */
  keepInstance(orchestration: Omit<Orchestration, "generation">): OrchestrationParams {
    const before = this.plans.orchestration;
    const generation = before?.run === orchestration.run ? before.generation + 1 : 1;
    this.plans.keepOrchestration({ ...orchestration, generation });
    return this.paramsOf({ run: orchestration.run, generation });
  }

  /** All that is needed to act on a stack. Whoever got it before has no say any more. */
  nextLease(stack: string): RunLease | undefined {
    const { plans, state } = this;
    const { plan } = plans;
    const { address } = this.deployment;
    const planned = plan?.stacks.find(({ name }) => name === stack);
    if (!plan || !planned || !address) return undefined;
    const template =
      planned.templateUrl === undefined
        ? { body: plans.template(stack) ?? "" }
        : ({ url: planned.templateUrl } as const);
    const task = plans.task(stack);
    const mark = plans.mark(stack);
    const previous = plans.previous(stack);
    const { rollbacks: attempt, skipped, onFailure } = plans.orchestration ?? {};
    const skip = skipped?.[stack];
    return {
      number: plans.nextLease(stack),
      address,
      run: state.run,
      ...(attempt !== undefined && { attempt }),
      user: state.user ?? "",
      plan: planned,
      template,
      places: Object.fromEntries(
        plan.stacks.map(({ name, stackName, account, region }) => [
          name,
          { stackName, ...inAccount(account), region },
        ]),
      ),
      ...(task && { task }),
      ...(mark && { mark }),
      ...(previous && { picture: previous }),
      ...(skip && { skip }),
      ...(onFailure === "rollback" && { restores: true }),
    };
  }

  /** Keeps what is about to begin in a stack; false: the same was kept before. */
  keepStart(stack: string, start: Start, now: string): boolean {
    const { plans } = this;
    const { kind, change, changeSetId, staysPaused, picture, reason } = start;
    const known = plans.task(stack);
    if (known?.kind === kind && known.changeSetId === changeSetId) return false;
    const isFirst = kind === "deploy" && !plans.mark(stack);
    plans.keepTask(stack, {
      kind,
      ...(change && { change }),
      ...(changeSetId !== undefined && { changeSetId }),
      ...(kind === "revert" && reason !== undefined && { reason }),
      ...(isFirst && { isFirst }),
      ...(staysPaused && { staysPaused }),
      since: now,
      accepted: false,
    });
    if (isFirst) {
      if (picture) plans.keepPrevious(stack, picture);
      plans.keepMark(stack, { how: change === "CREATE" ? "created" : "updated" });
    }
    return true;
  }

  /** Keeps what follows from a fact about a stack. */
  keepFact(fact: Fact, stack: StackNode, now: string): Consequence {
    const { plans, state } = this;
    const { name } = stack;
    const known = { task: plans.task(name), mark: plans.mark(name) };
    const consequence = consequenceOf(fact, { state, stack, ...known, now: momentAfter(state, now) });
    const { task, mark } = consequence;
    if (task) plans.keepTask(name, task);
    if (task === null) plans.dropTask(name);
    if (mark) plans.keepMark(name, mark);
    if (mark === null) plans.dropMark(name);
    return consequence;
  }

  /** Keeps that a task goes on; `begun`: CloudFormation has begun with it. */
  keepProgress(stack: string, begun: boolean, isSeen: boolean): void {
    const known = this.plans.task(stack);
    if (known && ((begun && !known.begun) || (known.unseen && isSeen)))
      this.plans.keepTask(stack, { ...withoutTrouble(known), ...(begun && { begun }) });
  }

  /** Keeps that the task of a stack has ended. */
  keepEnd(stack: string, well: boolean): void {
    const { plans } = this;
    const task = plans.task(stack);
    const mark = plans.mark(stack);
    plans.dropTask(stack);
    const back = task && backAfter(task.kind, well);
    if (mark && back && this.state.status === "rolling_back") plans.keepMark(stack, { ...mark, back });
  }

  /** The stacks in which something is in progress that AWS shows to nobody. */
  get lostStacks(): LostStacks {
    const tasks = this.current ? [...this.plans.tasks] : [];
    return new Map(
      tasks.flatMap(([stack, { unseen }]) =>
        unseen ? [[stack, { ...unseen, retryable: true }] as const] : [],
      ),
    );
  }

  /** What could not be rolled back is tried again. */
  private reopenFailed(): void {
    for (const [stack, { how, back }] of this.plans.marks)
      if (back === "failed") this.plans.keepMark(stack, { how });
  }
}

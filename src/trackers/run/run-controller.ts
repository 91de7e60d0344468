/** Begins a run's workflow instances, tells the newest one that there is news, and begins another where one was lost. */
import type { Orchestration } from "../../domain/run/task.ts";
import type { Env } from "../../env.ts";
import type { DeploymentStorage } from "../deployment/deployment-store.ts";
import { OrchestrationInstance } from "./orchestration-instance.ts";
import type { RunStore } from "./run-store.ts";

type Parts = Readonly<{ ctx: DurableObjectState; env: Env; store: DeploymentStorage; run: RunStore }>;

export class RunController {
  private readonly instance: OrchestrationInstance;
  private readonly store: DeploymentStorage;
  private readonly run: RunStore;

  constructor({ ctx, env, store, run }: Parts) {
    this.instance = new OrchestrationInstance(ctx, env);
    this.store = store;
    this.run = run;
  }

  /** Begins a workflow instance for the run, its first one or another. */
  begin(orchestration: Omit<Orchestration, "generation">): void {
    const params = this.run.keepInstance(orchestration);
    const { address } = this.store;
    if (address) this.instance.begin(address, params);
  }

  /** Another instance goes on where the present one is. */
  replace({ generation: _generation, ...orchestration }: Orchestration): void {
    this.begin(orchestration);
  }

  /** Has the workflow look again. */
  news(): void {
    const { address } = this.store;
    const { current } = this.run;
    if (address && current) this.instance.tell(address, this.run.paramsOf(current));
  }

  /** The instance is at work; `knowsAll`: it has asked what to do next. */
  heard(knowsAll = false): void {
    if (knowsAll) this.instance.asked();
    else this.instance.heard();
  }

  /** Milliseconds until the workflow has to be looked after; undefined: there is none. */
  nextIn(now: number): number | undefined {
    return this.run.current && this.instance.nextIn(now);
  }

  /** Sees to it that the run goes on. */
  async work(now: number): Promise<void> {
    const { address } = this.store;
    const { current } = this.run;
    if (!current || !address) return;
    if (await this.instance.nudge(address, this.run.paramsOf(current), now)) return;
    if (this.run.isCurrent(current)) this.replace(current);
  }
}

/** A run whose plan cannot be read any more: nobody would carry it on, so it fails, and says why. */
import type { AlarmTask } from "../../channel/alarm.ts";
import { hasEnded, type DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { PlanStore } from "./plan-store.ts";
import type { DeploymentCommits } from "../deployment/deployment-commits.ts";
import type { DeploymentStorage } from "../deployment/deployment-store.ts";

type Parts = Readonly<{ store: DeploymentStorage; plans: PlanStore; commits: DeploymentCommits }>;

export class LostRun implements AlarmTask {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  nextIn(): number | undefined {
    const { store, plans } = this.parts;
    const { mode, run } = store.state;
    const isCarriedOut = mode === "deploy" && run > 0 && !hasEnded(store.state);
    return isCarriedOut && plans.orchestration === undefined ? 0 : undefined;
  }

  async run(): Promise<void> {
    const { store, commits } = this.parts;
    if (this.nextIn() !== undefined && store.address)
      await commits.tell(store.address, [failureOf(store.state)]);
  }
}

const failureOf = (state: DeploymentState): DeploymentEvent => {
  const { deploymentId, environment } = state;
  const message = "The run's plan could not be read. Check its stacks, then deploy again";
  const timestamp = momentAfter(state, new Date().toISOString());
  const data = { deploymentId, environment, error: { code: "INTERNAL", message } };
  return { type: "deployment_failed", timestamp, data };
};

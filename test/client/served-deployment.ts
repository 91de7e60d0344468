/** A deployment on the fake server: its events are folded there as its owner folds them, so that both ends can be compared. */
import { emptyDeployment, type DeploymentState } from "../../src/domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../src/domain/deployment/estimated-progress.ts";
import { foldDeployment } from "../../src/domain/deployment/fold-deployment.ts";
import { deploymentChannelOf } from "../../src/protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import {
  deploymentProgressSchema,
  type DeploymentProgress,
} from "../../src/protocol/deployment/deployment-progress.ts";
import { factsOf, inTime } from "../domain/deployment/play.ts";
import { ADDRESS, at, SEEDS_PLAN, reported } from "../domain/deployment/reported.ts";
import type { FakeServer } from "./fake-server.ts";

export const DEPLOYMENT = deploymentChannelOf(ADDRESS);

/** When both ends are asked. */
export const NOW = at(10 * 86_400);

export class ServedDeployment {
  readonly #server: FakeServer;
  #state: DeploymentState = emptyDeployment(ADDRESS.deploymentId, ADDRESS.environment);

  constructor(server: FakeServer) {
    this.#server = server;
    server.channel(DEPLOYMENT, () => this.progress());
  }

  /** One commit of what follows from these events. */
  commit(...given: readonly DeploymentEvent[]): void {
    const { state, events } = foldDeployment(this.#state, given);
    this.#state = state;
    if (events.length > 0) this.#server.commit(DEPLOYMENT, ...events);
  }

  /** As it goes over the wire. */
  progress(): DeploymentProgress {
    return deploymentProgressSchema.parse(JSON.parse(JSON.stringify(deploymentProgressOf(this.#state, NOW))));
  }

  get offset(): number {
    return this.#server.channels.get(DEPLOYMENT)?.events.at(-1)?.offset ?? 0;
  }
}

/** The seeds' deployment, one of its runs, a day after the one before: the beginning and all that follows, in the order of time. */
export const seedsRun = (run: number, resources = 3): DeploymentEvent[] => {
  const fates = {
    dns: { resources, ends: "skipped" },
    queue: { resources, ends: run % 2 === 0 ? "failed" : "deployed" },
  } as const;
  const start = reported("deployment_started", 0, { run, mode: "track", stacks: SEEDS_PLAN });
  const later = ({ timestamp }: DeploymentEvent): string =>
    new Date(Date.parse(timestamp) + (run - 1) * 86_400_000).toISOString();
  return [start, ...inTime(factsOf(SEEDS_PLAN, fates, run))].map((event) => ({
    ...event,
    timestamp: later(event),
  }));
};

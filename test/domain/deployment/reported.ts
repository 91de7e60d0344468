/** Events of one deployment, for tests: what an orchestrator or a translation would tell, and folds of them. */
import { foldDeployment, type FoldedEvents } from "../../../src/domain/deployment/fold-deployment.ts";
import { emptyDeployment, type DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import type { PlannedStack } from "../../../src/protocol/deployment/deployment-event-parts.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../../src/protocol/deployment/deployment-events.ts";

export const ADDRESS = { deploymentId: "D1BRV40", environment: "dev" } as const;

/** `seconds` after half past two. */
export const at = (seconds: number): string =>
  new Date(Date.UTC(2025, 9, 9, 14, 30) + Math.round(seconds * 1000)).toISOString();

export const reported = (
  type: DeploymentEvent["type"],
  seconds: number,
  data: object = {},
): DeploymentEvent =>
  deploymentEventSchema.parse({ type, timestamp: at(seconds), data: { ...ADDRESS, ...data } });

export const planned = (name: string, layer: number, ...dependsOn: string[]): PlannedStack => ({
  name,
  layer,
  dependsOn,
});

/** The seeds' deployment: 12 stacks in 5 layers. */
export const SEEDS_PLAN: readonly PlannedStack[] = [
  planned("network", 1),
  planned("security", 2, "network"),
  planned("secrets", 2, "network"),
  planned("dns", 2, "network"),
  planned("database-rds", 3, "network", "security"),
  planned("storage", 3, "secrets"),
  planned("cache", 3, "security"),
  planned("queue", 3, "secrets"),
  planned("compute", 4, "database-rds", "cache"),
  planned("workers", 4, "queue", "storage"),
  planned("monitoring", 5, "compute", "workers"),
  planned("frontend", 5, "compute", "dns"),
];

/** How a run begins whose stacks are known, in `track` unless said otherwise. */
export const begun = (stacks: readonly PlannedStack[], data: object = {}): DeploymentEvent =>
  reported("deployment_started", 0, { mode: "track", stacks, ...data });

export const resource = (name: string, type = "aws:ec2/vpc:Vpc") => ({ resource: { name, type } });

export const NOTHING = emptyDeployment(ADDRESS.deploymentId, ADDRESS.environment);

export const foldOf = (...events: readonly DeploymentEvent[]): FoldedEvents =>
  foldDeployment(NOTHING, events);

export const stateOf = (...events: readonly DeploymentEvent[]): DeploymentState => foldOf(...events).state;

/** Types of what was reported, each with the stack or layer that it is about. */
export const heard = ({ events }: Pick<FoldedEvents, "events">): string[] =>
  events.map(({ type, data }) => {
    if ("stack" in data) return `${type} ${data.stack}`;
    return "layer" in data ? `${type} ${data.layer}` : type;
  });

/** Deployments at chosen moments, as a follower of their channel knows them. */
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import type { DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { Contact, DeploymentScene } from "../../../src/cli/display/scene.ts";
import type { PlannedStack } from "../../../src/protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent, DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";
import { factsOf, inTime, type Fates } from "../../domain/deployment/play.ts";
import { ADDRESS, at, begun, NOTHING, planned, reported } from "../../domain/deployment/reported.ts";

export const LIVE: Contact = { connection: { kind: "live" }, isNew: false };

/** Milliseconds of the epoch, `seconds` after half past two. */
export const moment = (seconds: number): number => Date.parse(at(seconds));

/** As events come over the wire. */
export const framesOf = (events: readonly DeploymentEvent[]): DeploymentFrame[] =>
  events.map((event, index) => ({ ...event, channel: "deployments/D1BRV40-dev", offset: index + 1 }));

export const sceneOf = (
  state: DeploymentState,
  seconds: number,
  contact: Contact = LIVE,
): DeploymentScene => ({
  kind: "deployment",
  address: ADDRESS,
  progress: deploymentProgressOf(state, at(seconds)),
  state,
  messages: new Map(),
  contact,
});

/** What is known of a run `seconds` after its beginning. */
export const sceneAfter = (
  events: readonly DeploymentEvent[],
  seconds: number,
  contact: Contact = LIVE,
): DeploymentScene => {
  const past = events.filter(({ timestamp }) => timestamp <= at(seconds));
  return sceneOf(foldDeployment(NOTHING, past).state, seconds, contact);
};

/** A plan of so many stacks in layers, each resting on one or two of the layer below. */
export const planOf = (stacks: number, layers: number): PlannedStack[] => {
  const perLayer = Math.ceil(stacks / layers);
  const names = ["network", "storage", "compute", "queue", "search", "billing", "audit", "mail"];
  const nameOf = (index: number): string => {
    const name = names[index % names.length] ?? "";
    return index < names.length ? name : `${name}-${Math.floor(index / names.length) + 1}`;
  };
  return Array.from({ length: stacks }, (_, index) => {
    const layer = Math.floor(index / perLayer) + 1;
    const below = (step: number): string => nameOf((layer - 2) * perLayer + ((index + step) % perLayer));
    return planned(nameOf(index), layer, ...(layer === 1 ? [] : [...new Set([below(0), below(1)])]));
  });
};

/** All events of a run. */
export const runOf = (plan: readonly PlannedStack[], fates: Fates = {}, seed = 7): DeploymentEvent[] => [
  begun(plan),
  ...inTime(factsOf(plan, fates, seed)),
];

/** A run that fails, and is then rolled back stack by stack from its highest layer down. */
export const rollbackAfter = (run: readonly DeploymentEvent[], from: number): DeploymentEvent[] => {
  const deployed = run.filter(({ type }) => type === "stack_deployed" || type === "stack_failed").reverse();
  return [
    reported("deployment_rolling_back", from),
    ...deployed.flatMap(({ data }, index) => {
      if (!("stack" in data)) return [];
      const { stack } = data;
      return [
        reported("stack_deleting", from + 1 + 10 * index, { stack }),
        reported("stack_deleted", from + 9 + 10 * index, { stack }),
      ];
    }),
  ];
};

/** Seconds after the beginning at which the last of these events happens. */
export const lengthOf = (events: readonly DeploymentEvent[]): number =>
  Math.max(...events.map(({ timestamp }) => Date.parse(timestamp) - moment(0))) / 1000;

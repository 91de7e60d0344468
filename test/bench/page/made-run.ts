/** A run as large as one is asked for: stacks in layers, each with resources that are created one after another. */
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";

export type RunSize = Readonly<{
  deploymentId: string;
  stacks: number;
  layers: number;
  /** Of each stack. */
  resources: number;
  /** Stacks of the last layers that are still under way. */
  underway: number;
}>;

export const ENVIRONMENT = "dev";

export const stackOf = (index: number): string => `stack-${String(index).padStart(3, "0")}`;

const SECOND = 1000;

/** The events in the order in which they happened, the first at `start` (milliseconds of the epoch). */
export const eventsOfRun = (
  { deploymentId, stacks, layers, resources, underway }: RunSize,
  start: number,
): DeploymentEvent[] => {
  const address = { deploymentId, environment: ENVIRONMENT };
  const at = (ms: number): string => new Date(start + ms).toISOString();
  const layerOf = (index: number): number => 1 + Math.floor((index * layers) / stacks);
  const plan = Array.from({ length: stacks }, (_, index) => ({
    name: stackOf(index),
    layer: layerOf(index),
    dependsOn: layerOf(index) === 1 ? [] : [stackOf(index - Math.ceil(stacks / layers))],
  }));
  const events: DeploymentEvent[] = [
    {
      type: "deployment_started",
      timestamp: at(0),
      data: { ...address, totalStacks: stacks, totalLayers: layers, stacks: plan },
    },
  ];
  for (const [index, { name: stack, layer }] of plan.entries()) {
    const begun = layer * resources * SECOND;
    events.push({
      type: "stack_deploying",
      timestamp: at(begun),
      data: { ...address, stack, totalResources: resources },
    });
    const isUnderway = index >= stacks - underway;
    for (let number = 0; number < resources; number++) {
      const resource = { type: "AWS::SQS::Queue", name: `Queue${number}`, id: `${stack}-queue-${number}` };
      const data = { ...address, stack, resource };
      events.push({ type: "resource_creating", timestamp: at(begun + number * SECOND), data });
      if (!isUnderway || number % 2 === 0)
        events.push({ type: "resource_created", timestamp: at(begun + (number + 0.9) * SECOND), data });
    }
    if (!isUnderway)
      events.push({
        type: "stack_deployed",
        timestamp: at(begun + resources * SECOND),
        data: { ...address, stack },
      });
  }
  return events.sort((one, other) =>
    one.timestamp < other.timestamp ? -1 : one.timestamp > other.timestamp ? 1 : 0,
  );
};

/** How long a fold takes: far below what a burst of events could make anybody wait for. */
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/deployment-view.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment-events.ts";
import { at, begun, NOTHING, planned, SEEDS_PLAN, told } from "./told.ts";

const eventsOf = (stack: string, resources: number): DeploymentEvent[] => [
  told("stack_deploying", 1, { stack }),
  ...Array.from({ length: resources }, (_, index) => {
    const data = {
      stack,
      totalResources: resources,
      resource: { urn: `${stack}/R${index}`, type: "T", name: `R${index}` },
    };
    return [
      told("resource_creating", index, data),
      told("resource_creating", index + 1, { ...data, resource: { ...data.resource, id: `id-${index}` } }),
      told("resource_created", index + 2, data),
    ];
  }).flat(),
];

const seconds = (work: () => void): number => {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
};

describe("5,000 events", () => {
  test.each([
    ["12 stacks", SEEDS_PLAN, 139],
    ["one stack of 1,667 resources", [planned("network", 1)], 1667],
  ] as const)("of %s fold in well under a second, in one piece and one by one", (name, plan, resources) => {
    const events = [begun(plan), ...plan.flatMap(({ name: stack }) => eventsOf(stack, resources))];
    let state = NOTHING;
    const atOnce = seconds(() => (state = foldDeployment(NOTHING, events).state));
    const oneByOne = seconds(() =>
      events.reduce((before, event) => foldDeployment(before, [event]).state, NOTHING),
    );
    const applied = seconds(() => events.reduce((before, event) => applyEvent(before, event), NOTHING));
    const viewed = seconds(() => deploymentProgressOf(state, at(9_000)));
    const each = [atOnce, oneByOne, applied].map((time) => ((1e6 * time) / events.length).toFixed(1));
    console.info(
      `${name}: ${each.join(", ")} µs an event at once, one by one, applied; view ${(1000 * viewed).toFixed(1)} ms`,
    );
    expect(atOnce).toBeLessThan(0.5);
    // Each event by itself copies its stack's resources once.
    expect(oneByOne).toBeLessThan(5);
    expect([...state.stacks.values()].map((stack) => stack.resources.size)).toEqual(
      plan.map(() => resources),
    );
  });
});

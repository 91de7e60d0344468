/** The resources that kept a stack from ending sooner. */
import { expect, test } from "vitest";
import { resourcePathOf, sumOfPath } from "../../../src/dashboard/timeline/resource-path.ts";
import { timedRunOf } from "../../../src/dashboard/timeline/timeline-run.ts";
import { START, stateAfter, type Telling } from "../reported-run.ts";

const of = (name: string) => ({ stack: "shop", resource: { type: "AWS::SQS::Queue", name } });

const RUN: readonly Telling[] = [
  [0, "deployment_started", { stacks: [{ name: "shop", layer: 1, dependsOn: [] }] }],
  [0, "stack_deploying", { stack: "shop", totalResources: 4 }],
  [2, "resource_creating", of("Role")],
  [2, "resource_creating", of("Quick")],
  [4, "resource_created", of("Quick")],
  [20, "resource_created", of("Role")],
  [23, "resource_creating", of("Service")],
  [40, "resource_creating", { ...of("Service"), configured: true }],
  [41, "resource_creating", of("Alarm")],
  [44, "resource_created", of("Alarm")],
  [90, "resource_created", of("Service")],
];

const pathOf = (telling: readonly Telling[]) => {
  const [stack] = timedRunOf(stateAfter(telling))!.stacks;
  return resourcePathOf(stack!, START + 100_000);
};

test("go from the last one back to the first, each with what it waited for and what it spent", () => {
  const path = pathOf(RUN);
  expect(
    path.map(({ name, waiting, configuring, stabilising }) => [name, waiting, configuring, stabilising]),
  ).toEqual([
    ["Role", 2, 18, 0],
    ["Service", 3, 17, 50],
  ]);
  expect(sumOfPath(path)).toEqual({ waiting: 5, configuring: 35, stabilising: 50 });
});

test("count what follows from when one is configured", () => {
  const path = pathOf([
    ...RUN.slice(0, -1),
    [45, "resource_created", of("Service")],
    [46, "resource_creating", of("Alarm2")],
    [99, "resource_created", of("Alarm2")],
  ]);
  expect(path.map(({ name }) => name)).toEqual(["Role", "Service", "Alarm", "Alarm2"]);
  // The alarm began once the service was configured.
  expect(path[1]).toMatchObject({ configuring: 17, stabilising: 1 });
});

test("are none where nothing has begun", () => {
  expect(pathOf(RUN.slice(0, 2))).toEqual([]);
});

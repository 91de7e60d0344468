/**
 * What it costs to follow a deployment wherever that is done: 5,000 events folded into its state, beside reading them
 * from their text; and a frame of the terminal's, beside the same state written as JSON.
 */
import { frameOf } from "../../../src/cli/display/frame.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import { advance } from "../../../src/domain/stack/advance.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import { EMPTY_STATE } from "../../../src/domain/stack/stack-state.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import { lengthOf, moment, planOf, runOf, sceneAfter } from "../../cli/display/scenes.ts";
import { at as noonAnd, own, resource as resourceEvent, ROOT } from "../../domain/events.ts";
import { at, begun, NOTHING, planned, SEEDS_PLAN, reported } from "../../domain/deployment/reported.ts";
import type { Measure, Row } from "../measure.ts";
import { median } from "../statistics.ts";

const FRAMES = 50;

const MANY = 10_000;

const eventsOf = (stack: string, resources: number): DeploymentEvent[] => [
  reported("stack_deploying", 1, { stack }),
  ...Array.from({ length: resources }, (_, index) => {
    const resource = { urn: `${stack}/R${index}`, type: "T", name: `R${index}` };
    const data = { stack, totalResources: resources, resource };
    return [
      reported("resource_creating", index, data),
      reported("resource_creating", index + 1, { ...data, resource: { ...resource, id: `id-${index}` } }),
      reported("resource_created", index + 2, data),
    ];
  }).flat(),
];

const millisecondsOf = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const oneByOne = (events: readonly DeploymentEvent[]): DeploymentState =>
  events.reduce((before, event) => foldDeployment(before, [event]).state, NOTHING);

const LOOKS = 100;

const NOON = Date.parse(noonAnd(0));

/** What an event costs the stack's own object, which also estimates and looks for what takes long. */
const oneIntoMany = (rounds: number): Row => {
  const place = { channel: "stacks/eu-west-1/shop", offset: 0 };
  const findings = (events: readonly StackEvent[]) => ({
    rootId: ROOT,
    rootName: "shop",
    events,
    read: new Set([ROOT]),
    plans: new Map(),
    now: NOON,
  });
  const all = Array.from({ length: MANY }, (_, index) => `R${index}`);
  const events = [
    own("CREATE_IN_PROGRESS", { seconds: -20 }),
    ...all.map((id) => resourceEvent(id, "CREATE_IN_PROGRESS", { seconds: -10 })),
    ...all.slice(0, MANY / 2).map((id) => resourceEvent(id, "CREATE_COMPLETE", { seconds: -5 })),
  ];
  const { state } = advance(EMPTY_STATE, findings(events), place);
  const next = all.slice(-LOOKS).map((id) => resourceEvent(id, "CREATE_COMPLETE", { seconds: 0 }));
  const looks = (): void => {
    let known = state;
    for (const event of next) known = advance(known, findings([event]), place).state;
  };
  const values = Array.from({ length: rounds + 1 }, () => millisecondsOf(looks));
  return {
    what: "one event of a stack of 10,000 resources folded by its object",
    unit: "ms",
    value: median(values.slice(1)) / LOOKS,
    aim: { on: "value", atMost: 2 },
  };
};

export const fold: Measure = async ({ rounds }) => {
  const rows: Row[] = [];
  for (const [name, plan, resources] of [
    ["12 stacks", SEEDS_PLAN, 139],
    ["one stack", [planned("network", 1)], 1_667],
  ] as const) {
    const events = [begun(plan), ...plan.flatMap(({ name: stack }) => eventsOf(stack, resources))];
    const texts = events.map((event) => JSON.stringify(event));
    const { state } = foldDeployment(NOTHING, events);
    const measured = (work: () => unknown): number =>
      median(Array.from({ length: rounds + 1 }, () => millisecondsOf(work)).slice(1)) / events.length;
    const read = measured(() => texts.map((text): unknown => JSON.parse(text)));
    const row = (what: string, work: () => unknown, aim?: Row["aim"]): Row => ({
      what: `5,000 events of ${name}: ${what}`,
      unit: "µs an event",
      value: 1000 * measured(work),
      baseline: { name: "reading them", value: 1000 * read },
      ...(aim && { aim }),
    });
    rows.push(
      row("folded at once", () => foldDeployment(NOTHING, events)),
      row("one by one", () => oneByOne(events), { on: "value", atMost: 15 }),
      row("the view of it all", () => deploymentProgressOf(state, at(9_000))),
    );
  }
  rows.push(oneIntoMany(rounds));
  const run = runOf(planOf(120, 5));
  const seconds = lengthOf(run) / 2;
  const scene = sceneAfter(run, seconds);
  const frames = (draw: () => unknown): number =>
    median(
      Array.from({ length: rounds + 1 }, () =>
        millisecondsOf(() => Array.from({ length: FRAMES }, draw)),
      ).slice(1),
    ) / FRAMES;
  rows.push({
    what: "a terminal's frame of 120 stacks",
    unit: "ms",
    value: frames(() =>
      frameOf(
        scene,
        moment(seconds),
        { columns: 120, rows: 40 },
        { color: true, unicode: true, display: "layered" },
      ),
    ),
    baseline: { name: "the scene as JSON", value: frames(() => JSON.stringify(scene)) },
    aim: { on: "value", atMost: 5 },
  });
  return rows;
};

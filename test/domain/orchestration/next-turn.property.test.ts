import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasEnded } from "../../../src/domain/deployment/deployment-state.ts";
import { layersOf } from "../../../src/domain/deployment/layers.ts";
import { Model, type ModelStack } from "./model.ts";

/** Stacks that depend only on those before them. */
const plans = fc
  .array(fc.array(fc.nat({ max: 7 }), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  .map((wanted): ModelStack[] => {
    const stacks = wanted.map((below, index) => ({
      name: `s${index}`,
      dependsOn: index === 0 ? [] : [...new Set(below.map((number) => `s${number % index}`))],
    }));
    const layers = layersOf(stacks);
    if (!layers.ok) throw new Error("The plan has a circle");
    return stacks.map((stack) => ({ ...stack, layer: layers.value.get(stack.name) ?? 1 }));
  });

/** Which of the stacks something is so for. */
const some = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });

const worlds = fc.record({
  stacks: plans,
  existing: some,
  changed: some,
  dead: some,
  failing: some,
  onFailure: fc.constantFrom("stop" as const, "rollback" as const),
  order: fc.constantFrom("dependencies" as const, "layers" as const),
  seed: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 40,
    maxLength: 200,
  }),
});

type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

const namesOf = (stacks: readonly ModelStack[], chosen: readonly boolean[]): string[] =>
  stacks.flatMap(({ name }, index) => (chosen[index] ? [name] : []));

const modelOf = (
  world: World,
  purpose: "deploy" | "destroy" = "deploy",
  refusing: readonly string[] = [],
): Model => {
  const { stacks, seed, onFailure, order } = world;
  let position = 0;
  // When the choices run out, the worker lives and AWS goes on: every run has an end.
  const next = () => seed[position++] ?? 0.99 - (position % 90) / 100 / 2;
  const existing = namesOf(stacks, world.existing);
  return new Model(
    stacks,
    { next },
    {
      purpose,
      onFailure,
      order,
      wanted: Object.fromEntries(stacks.map(({ name }, index) => [name, world.changed[index] ? 2 : 1])),
      existing: Object.fromEntries(existing.map((name) => [name, 1])),
      dead: namesOf(stacks, world.dead).filter((name) => !existing.includes(name)),
      failing: namesOf(stacks, world.failing),
      refusing,
    },
  );
};

const carryOut = (model: Model, meddle: (step: number) => void = () => undefined): void => {
  for (let step = 0; step < 2_000; step += 1) {
    meddle(step);
    if (model.turn()) return;
    model.progress();
  }
  expect.unreachable(`The run never ends: ${model.state.status} ${JSON.stringify([...model.tasks])}`);
};

const awsOf = (model: Model): Record<string, number | "dead"> =>
  Object.fromEntries([...model.aws].map(([name, { version, dead }]) => [name, dead ? "dead" : version]));

/** No stack was begun before those that it depends on had ended, or all layers below it that could begin. */
const expectOrder = ({ events, state: { stacks, order } }: Model): void => {
  const ended = new Set<string>();
  const wellEnded = new Set<string>();
  const layers = new Map<number, "begun" | "complete">();
  for (const { type, data } of events) {
    if (type === "layer_started" || type === "layer_complete") {
      expect(layers.get(data.layer)).toBe(type === "layer_started" ? undefined : "begun");
      if (type === "layer_started" && order === "layers") expect([...layers.values()]).not.toContain("begun");
      layers.set(data.layer, type === "layer_started" ? "begun" : "complete");
    }
    if (!("stack" in data)) continue;
    const { layer = 0, dependsOn = [] } = stacks.get(data.stack) ?? {};
    if (type === "stack_deploying") {
      for (const below of dependsOn) expect(wellEnded).toContain(below);
      expect(layers.get(layer)).toBe("begun");
    }
    if (["stack_deployed", "stack_skipped"].includes(type)) wellEnded.add(data.stack);
    if (["stack_deployed", "stack_skipped", "stack_failed"].includes(type)) ended.add(data.stack);
    if (type === "stack_deploying" && order === "layers")
      for (const below of stacks.values())
        if (below.layer < layer && below.status !== "pending") expect(ended).toContain(below.name);
  }
};

describe("an orchestrated run, whenever its worker dies and whatever is done twice", () => {
  test("ends, with every stack as it was to be, or untouched behind one that failed", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const model = modelOf(world);
        const before = awsOf(model);
        carryOut(model);
        expectOrder(model);
        expect(model.maxInFlight).toBeLessThanOrEqual(10);
        expect(new Set(model.executed).size).toBe(model.executed.length);
        const after = awsOf(model);
        const { status } = model.state;
        const wanted = Object.fromEntries(
          world.stacks.map(({ name }, index) => [name, world.changed[index] ? 2 : 1]),
        );
        if (status === "deployed") {
          expect(after).toEqual(wanted);
          return;
        }
        for (const { name, status: stack } of model.state.stacks.values()) {
          if (stack === "deployed" || stack === "skipped") expect(after[name]).toBe(wanted[name]);
          if (stack === "pending") expect(after[name]).toEqual(before[name]);
        }
        if (status !== "rolled_back") {
          expect(status).toBe("failed");
          return;
        }
        // What could never be created was cleared away; all else is as it was.
        const alive = Object.fromEntries(Object.entries(before).filter(([, version]) => version !== "dead"));
        expect(Object.fromEntries(Object.entries(after).filter(([, version]) => version !== "dead"))).toEqual(
          alive,
        );
      }),
      { numRuns: 400 },
    );
  });

  test("ends also where AWS refuses to be asked, and says of which stacks", () => {
    fc.assert(
      fc.property(worlds, some, fc.constantFrom("deploy", "destroy"), (world, chosen, purpose) => {
        const refusing = namesOf(world.stacks, chosen);
        const model = modelOf(world, purpose, refusing);
        carryOut(model);
        const stacks = [...model.state.stacks.values()];
        expect(hasEnded(model.state)).toBe(true);
        expect(model.tasks.size).toBe(0);
        expect(stacks.filter(({ status }) => status === "deploying" || status === "deleting")).toEqual([]);
        const refused = stacks.filter(({ error }) => error?.code === "AWS_CREDENTIALS");
        for (const { name } of refused) expect(refusing).toContain(name);
        if (refused.some(({ status }) => status === "failed"))
          expect(["failed", "rolled_back"]).toContain(model.state.status);
      }),
      { numRuns: 300 },
    );
  });

  test("cancelled at any moment, ends with nothing in flight", () => {
    fc.assert(
      fc.property(worlds, fc.nat({ max: 30 }), (world, moment) => {
        const model = modelOf(world);
        carryOut(model, (step) => {
          if (step === moment && !hasEnded(model.state)) model.act("deployment_cancelling");
        });
        expect(hasEnded(model.state)).toBe(true);
        for (const { status } of model.state.stacks.values()) {
          expect(status).not.toBe("deploying");
          expect(status).not.toBe("deleting");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("taken back at any moment, ends as it began", () => {
    fc.assert(
      fc.property(worlds, fc.nat({ max: 30 }), (world, moment) => {
        const model = modelOf({ ...world, onFailure: "stop", dead: [] });
        const before = awsOf(model);
        let asked = false;
        carryOut(model, (step) => {
          if (step < moment || asked || model.state.status !== "deploying" || model.marks.size === 0) return;
          asked = true;
          model.act("deployment_rolling_back");
        });
        if (!asked) return;
        expect(model.state.status).toBe("rolled_back");
        const alive = Object.entries(awsOf(model)).filter(([, version]) => version !== "dead");
        expect(Object.fromEntries(alive)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test("destroyed, leaves nothing, the highest layer first", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const model = modelOf({ ...world, dead: [] }, "destroy");
        carryOut(model);
        expect(model.state.status).toBe("destroyed");
        expect(awsOf(model)).toEqual({});
        const gone = new Set<string>();
        for (const { type, data } of model.events) {
          if (!("stack" in data)) continue;
          if (type === "stack_deleting")
            for (const { name, dependsOn } of world.stacks)
              if (dependsOn.includes(data.stack)) expect(gone).toContain(name);
          if (type === "stack_deleted" || type === "stack_skipped") gone.add(data.stack);
        }
      }),
      { numRuns: 200 },
    );
  });
});

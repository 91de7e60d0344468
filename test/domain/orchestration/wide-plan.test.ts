/** A wide plan carried out in simulated time: what a slow stack holds up, and what it does not. */
import { expect, test } from "vitest";
import { Model } from "./model.ts";

/** Seconds that each stack takes. */
const SLOW = 600;
const BASE = 60;
const OTHER = 240;

const OTHERS = Array.from({ length: 10 }, (_, index) => `other-${index}`);

const STACKS = [
  { name: "slow", layer: 1, dependsOn: [] },
  { name: "base", layer: 1, dependsOn: [] },
  ...OTHERS.map((name) => ({ name, layer: 2, dependsOn: ["base"] })),
];

const secondsOf = (name: string): number => (name === "slow" ? SLOW : name === "base" ? BASE : OTHER);

/** Carries the plan out, AWS ending whatever ends first; the second at which each stack ends, and the story. */
const carriedOut = (purpose: "deploy" | "destroy", order: "dependencies" | "layers") => {
  const names = STACKS.map(({ name }) => name);
  const versions = Object.fromEntries(names.map((name) => [name, 1]));
  const model = new Model(
    STACKS,
    { next: () => 0.99 },
    { purpose, order, wanted: versions, ...(purpose === "destroy" && { existing: versions }) },
  );
  const endsAt = new Map<string, number>();
  let now = 0;
  while (!model.turn()) {
    for (const [name, { running }] of model.aws)
      if (running && !endsAt.has(name)) endsAt.set(name, now + secondsOf(name));
    const [next] = [...endsAt].filter(([name]) => model.aws.get(name)?.running).sort(([, a], [, b]) => a - b);
    if (!next) continue;
    now = next[1];
    model.end(next[0]);
  }
  return { seconds: now, endsAt, status: model.state.status, events: model.events.map(({ type }) => type) };
};

test("ten stacks do not wait for a slow one that they do not need", () => {
  const [free, barriers] = [carriedOut("deploy", "dependencies"), carriedOut("deploy", "layers")];
  expect([free.status, barriers.status]).toEqual(["deployed", "deployed"]);
  expect(Math.max(...OTHERS.map((name) => free.endsAt.get(name)!))).toBeLessThan(SLOW);
  expect(free.seconds / barriers.seconds).toBeLessThanOrEqual(0.75);
  const layersIn = (events: readonly string[]) => events.filter((type) => type.startsWith("layer_"));
  expect(layersIn(free.events)).toEqual([
    "layer_started",
    "layer_started",
    "layer_complete",
    "layer_complete",
  ]);
  expect(layersIn(barriers.events)).toEqual([
    "layer_started",
    "layer_complete",
    "layer_started",
    "layer_complete",
  ]);
});

test("destroyed, a slow one on which nothing depends goes at once", () => {
  const [free, barriers] = [carriedOut("destroy", "dependencies"), carriedOut("destroy", "layers")];
  expect([free.status, barriers.status]).toEqual(["destroyed", "destroyed"]);
  expect(free.seconds).toBe(SLOW);
  expect(free.seconds / barriers.seconds).toBeLessThanOrEqual(0.75);
});

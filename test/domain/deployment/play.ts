/** Runs of deployments as they happen: every stack begins when those that it depends on are done, and some fail. */
import type { PlannedStack } from "../../../src/protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import { reported } from "./reported.ts";

/** What becomes of a stack. */
type Fate = Readonly<{ resources: number; ends: "deployed" | "failed" | "skipped" }>;

export type Fates = Readonly<Record<string, Fate>>;

/** Facts of each stack, in its own order; a stack that cannot begin has none. */
export type Facts = ReadonlyMap<string, readonly DeploymentEvent[]>;

const TYPES = ["AWS::EC2::VPC", "AWS::RDS::DBInstance", "AWS::S3::Bucket"] as const;

/** A source of whole numbers below a bound, repeatable (Numerical Recipes' linear congruential generator). */
const seeded = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** How long each type takes, in seconds. */
const SECONDS = { "AWS::EC2::VPC": 10, "AWS::RDS::DBInstance": 60, "AWS::S3::Bucket": 5 } as const;

const WIDTH = 3;

const WAYS = [
  ["resource_creating", "resource_created"],
  ["resource_updating", "resource_updated"],
] as const;

const LIGHTS = [
  ["resource_slow", 0.6],
  ["resource_stuck", 0.8],
] as const;

const LONG = { elapsedSeconds: 90, typicalSeconds: { p50: 20, p90: 30 } };

const factsOfStack = (
  { name, layer, dependsOn }: PlannedStack,
  { resources, ends }: Fate,
  start: number,
  random: (below: number) => number,
  isVaried: boolean,
): Readonly<{ facts: readonly DeploymentEvent[]; end: number }> => {
  if (ends === "skipped") {
    return { facts: [reported("stack_skipped", start, { stack: name, reason: "unchanged" })], end: start };
  }
  const own = { stack: name };
  const resourceFacts: DeploymentEvent[] = [];
  const free = Array.from({ length: WIDTH }, () => start + 1);
  for (let index = 0; index < resources; index++) {
    const lane = index % WIDTH;
    const type = TYPES[random(TYPES.length)] ?? TYPES[0];
    const begin = free[lane] ?? start + 1;
    const end = begin + SECONDS[type] * (0.8 + random(400) / 1000);
    const ref = { resource: { urn: `${name}/R${index}`, type, name: `R${index}` } };
    const fails = ends === "failed" && index === resources - 1;
    const [beginning, ending] = (isVaried ? WAYS[random(WAYS.length)] : undefined) ?? WAYS[0];
    resourceFacts.push(reported(beginning, begin, { ...own, ...ref, totalResources: resources }));
    for (const [light, part] of isVaried ? LIGHTS : []) {
      if (random(4) === 0)
        resourceFacts.push(reported(light, begin + part * (end - begin), { ...own, ...ref, ...LONG }));
    }
    resourceFacts.push(
      fails
        ? reported("resource_failed", end, {
            ...own,
            ...ref,
            error: { code: "CREATE_FAILED", message: "no" },
          })
        : reported(ending, end, { ...own, ...ref, totalResources: resources }),
    );
    free[lane] = end + 0.5;
  }
  const end = Math.max(...free) + 1;
  resourceFacts.sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));
  const facts = [
    reported("stack_deploying", start, { ...own, layer, dependencies: dependsOn, totalResources: resources }),
    ...resourceFacts,
    ends === "deployed"
      ? reported("stack_deployed", end, { ...own, outputs: { Url: name } })
      : reported("stack_failed", end, { ...own, error: { code: "ROLLBACK_COMPLETE", message: "no" } }),
  ];
  if (isVaried && ends === "failed") facts.splice(-1, 0, reported("stack_rolling_back", end - 0.5, own));
  return { facts, end };
};

/**
 * The facts of a run whose plan lists stacks after those that they depend on. `isVaried`: resources are updated, too, and some
 * take long; otherwise all are created.
 */
export const factsOf = (
  plan: readonly PlannedStack[],
  fates: Fates,
  seed: number,
  isVaried = false,
): Facts => {
  const random = seeded(seed);
  const ends = new Map<string, number>();
  const facts = new Map<string, readonly DeploymentEvent[]>();
  for (const stack of plan) {
    const below = stack.dependsOn.map((name) => ends.get(name));
    if (below.some((end) => end === undefined)) continue;
    const start = 1 + Math.max(0, ...below.map((end) => end ?? 0)) + random(5);
    const fate = fates[stack.name] ?? { resources: 3, ends: "deployed" };
    const course = factsOfStack(stack, fate, start, random, isVaried);
    if (fate.ends !== "failed") ends.set(stack.name, course.end);
    facts.set(stack.name, course.facts);
  }
  return facts;
};

/** All facts in the order of their times. */
export const inTime = (facts: Facts): DeploymentEvent[] =>
  [...facts.values()].flat().sort((one, other) => (one.timestamp < other.timestamp ? -1 : 1));

/** Another order that is true, too: stacks that do not depend on each other are reported in any interleaving. */
export const interleaved = (plan: readonly PlannedStack[], facts: Facts, seed: number): DeploymentEvent[] => {
  const random = seeded(seed);
  const next = new Map([...facts.keys()].map((name) => [name, 0]));
  const isReported = (name: string): boolean => (next.get(name) ?? 0) >= (facts.get(name)?.length ?? 0);
  const events: DeploymentEvent[] = [];
  for (;;) {
    const open = plan.filter(({ name, dependsOn }) => !isReported(name) && dependsOn.every(isReported));
    const stack = open[random(open.length)];
    if (!stack) return events;
    const index = next.get(stack.name) ?? 0;
    events.push(...(facts.get(stack.name)?.slice(index, index + 1) ?? []));
    next.set(stack.name, index + 1);
  }
};

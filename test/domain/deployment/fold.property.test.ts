/** What holds for every run of a deployment, however it is cut, repeated, or reported by others. */
import { storedAndRead } from "../stored.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { hasEnded, type DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { PlannedStack } from "../../../src/protocol/deployment/deployment-event-parts.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../../src/protocol/deployment/deployment-events.ts";
import { deploymentProgressSchema } from "../../../src/protocol/deployment/deployment-progress.ts";
import { factsOf, inTime, interleaved, type Facts, type Fates } from "./play.ts";
import { at, begun, foldOf, heard, NOTHING, SEEDS_PLAN, reported } from "./reported.ts";

const fate = fc.record({
  resources: fc.integer({ min: 1, max: 5 }),
  ends: fc.constantFrom<"deployed" | "failed" | "skipped">(
    "deployed",
    "deployed",
    "deployed",
    "deployed",
    "deployed",
    "skipped",
    "failed",
  ),
});

const fates: fc.Arbitrary<Fates> = fc
  .array(fate, { minLength: SEEDS_PLAN.length, maxLength: SEEDS_PLAN.length })
  .map((list) => Object.fromEntries(SEEDS_PLAN.map(({ name }, index) => [name, list[index]!])));

type Run = Readonly<{ facts: Facts; seed: number }>;

const run = fc.tuple(fates, fc.nat()).map(([course, seed]): Run => ({
  facts: factsOf(SEEDS_PLAN, course, seed, true),
  seed,
}));

/** Of what failed or deployed, the orchestrator takes some back. */
const wayBack = (state: DeploymentState): DeploymentEvent[] =>
  state.status !== "failed"
    ? []
    : [
        reported("deployment_rolling_back", 10_000),
        ...[...state.stacks.values()].toReversed().flatMap(({ name, status }, index) => {
          const data = { stack: name };
          if (status === "failed") return [reported("stack_rolled_back", 10_010 + index, data)];
          if (status !== "deployed") return [];
          return [
            reported("stack_deleting", 10_010 + index, data),
            reported("resource_deleting", 10_010 + index, { ...data, resource: { name: "R0", type: "T" } }),
            reported(index % 2 ? "resource_deleted" : "resource_retained", 10_020 + index, {
              ...data,
              resource: { name: "R0", type: "T" },
            }),
            reported("stack_deleted", 10_030 + index, data),
          ];
        }),
      ];

const whole = ({ facts }: Run): DeploymentEvent[] => {
  const way = [begun(SEEDS_PLAN), ...inTime(facts)];
  return [...way, ...wayBack(foldOf(...way).state)];
};

const NOW = at(20_000);

/** What none of these runs reports: tests of their own fold it. */
const ELSEWHERE: readonly DeploymentEvent["type"][] = [
  "deployment_validating",
  "deployment_cancelling",
  "deployment_cancelled",
  "deployment_destroying",
  "deployment_destroyed",
  "deployment_queued",
  "deployment_dequeued",
];

describe("a fold of a deployment's events", () => {
  test("is tried with every type of event that runs report", () => {
    const reportedTypes = fc
      .sample(run, { numRuns: 200, seed: 1 })
      .flatMap((play) => foldOf(...whole(play)).events);
    const types = new Set<string>([...reportedTypes.map(({ type }) => type), ...ELSEWHERE]);
    const all = deploymentEventSchema.options.map(({ shape }) => shape.type.value);
    expect(all.filter((type) => !types.has(type))).toEqual([]);
  });

  test("always comes to an end, and says which", () => {
    fc.assert(
      fc.property(run, ({ facts }) => {
        const { state, verdicts } = foldOf(begun(SEEDS_PLAN), ...inTime(facts));
        expect(verdicts.filter(({ kind }) => kind !== "accepted")).toEqual([]);
        expect(hasEnded(state)).toBe(true);
        const anyFailed = [...state.stacks.values()].some(({ status }) => status === "failed");
        expect(state.status).toBe(anyFailed ? "failed" : "deployed");
      }),
    );
  });

  test("gives, folded again from what came out, the same state and the same events", () => {
    fc.assert(
      fc.property(run, (play) => {
        const first = foldOf(...whole(play));
        const again = foldOf(...first.events);
        expect(again.state).toEqual(first.state);
        expect(again.events).toEqual(first.events);
        expect(first.events.reduce((before, event) => applyEvent(before, event), NOTHING)).toEqual(
          first.state,
        );
      }),
    );
  });

  test("gives the same state, wherever it is cut and by way of storage and the wire", () => {
    fc.assert(
      fc.property(run, fc.array(fc.nat(400), { maxLength: 6 }), (play, cuts) => {
        const { events, state } = foldOf(...whole(play));
        const places = [0, ...cuts.filter((cut) => cut < events.length).sort((a, b) => a - b), events.length];
        let folded = NOTHING;
        for (let index = 1; index < places.length; index++) {
          const piece = events.slice(places[index - 1], places[index]);
          const wire: unknown = JSON.parse(JSON.stringify(piece));
          const parsed = deploymentEventSchema.array().parse(wire);
          expect(parsed).toEqual(piece);
          folded = foldDeployment(storedAndRead(folded), parsed).state;
        }
        expect(folded).toEqual(state);
      }),
    );
  });

  test("gives the same state if parts of a deployment are told twice, at any time later", () => {
    fc.assert(
      fc.property(run, fc.array(fc.tuple(fc.nat(400), fc.nat(400))), ({ facts }, repeats) => {
        const { events, state } = foldOf(begun(SEEDS_PLAN), ...inTime(facts));
        const noisy = events.flatMap((event, index) => [
          event,
          ...repeats
            .filter(([when]) => when % events.length === index)
            .flatMap(([, from]) => events.slice(from % (index + 1), index + 1)),
        ]);
        const again = foldOf(...noisy);
        expect(again.state).toEqual(state);
        expect(again.events).toEqual(events);
      }),
    );
  });

  test("ends the same, if an orchestrator tells it in another order and tells what we derive, too", () => {
    fc.assert(
      fc.property(run, fc.nat(), ({ facts }, seed) => {
        const track = foldOf(begun(SEEDS_PLAN), ...inTime(facts));
        const end = track.events.at(-1)!;
        const ingest = foldOf(
          begun(SEEDS_PLAN, { mode: "ingest" }),
          ...interleaved(SEEDS_PLAN, facts, seed),
          reported(end.type, 9_000, { status: "as told" }),
        );
        expect(ingest.verdicts.filter(({ kind }) => kind === "refused")).toEqual([]);
        expect(heard(ingest).sort()).toEqual(heard(track).sort());
        expect({ ...deploymentProgressOf(ingest.state, NOW), mode: "track" }).toEqual(
          deploymentProgressOf({ ...track.state, lastEventTime: ingest.state.lastEventTime }, NOW),
        );
      }),
    );
  });

  test("ends the same, if all stacks join at first mention", () => {
    const good = fates.map((course) =>
      Object.fromEntries(
        Object.entries(course).map(([name, { resources, ends }]) => [
          name,
          { resources, ends: ends === "failed" ? ("deployed" as const) : ends },
        ]),
      ),
    );
    fc.assert(
      fc.property(good, fc.nat(), (course, seed) => {
        const facts = factsOf(SEEDS_PLAN, course, seed);
        const track = foldOf(begun(SEEDS_PLAN), ...inTime(facts));
        const joined = foldOf(
          reported("deployment_started", 0, { totalStacks: 12, totalLayers: 5, estimatedDuration: 1200 }),
          ...layered(SEEDS_PLAN, interleaved(SEEDS_PLAN, facts, seed)),
        );
        expect(joined.state.status).toBe("deployed");
        const { stacks, mode: _mode, ...ingested } = deploymentProgressOf(joined.state, NOW);
        const { stacks: tracked, mode: _track, ...expected } = deploymentProgressOf(track.state, NOW);
        expect(ingested).toEqual(expected);
        expect(Object.keys(stacks).sort()).toEqual(Object.keys(tracked).sort());
      }),
    );
  });

  test("never lets a percentage fall but where a rollback begins, and says 100 at a good end only", () => {
    fc.assert(
      fc.property(run, (play) => {
        const { events } = foldOf(...whole(play));
        let state = NOTHING;
        for (const event of events) {
          const after = applyEvent(state, event);
          if (event.type !== "deployment_rolling_back" && event.type !== "deployment_started")
            expect(after.reachedPercent).toBeGreaterThanOrEqual(state.reachedPercent);
          const isWhole = after.status === "deployed" || after.status === "rolled_back";
          expect(after.reachedPercent === 100).toBe(isWhole);
          for (const stack of after.stacks.values()) {
            const before = state.stacks.get(stack.name);
            if (before && event.type !== "stack_deleting" && event.type !== "stack_deploying")
              expect(stack.reachedPercent).toBeGreaterThanOrEqual(before.reachedPercent);
          }
          state = after;
        }
      }),
      { numRuns: 30 },
    );
  });

  test("gives views that are what the protocol says", () => {
    fc.assert(
      fc.property(run, (play) => {
        const view = deploymentProgressOf(foldOf(...whole(play)).state, NOW);
        expect(deploymentProgressSchema.strict().parse(view)).toEqual(view);
      }),
      { numRuns: 30 },
    );
  });
});

/** As the seeds' orchestrator tells it: a layer before its stacks, so that a skipped one has its layer. */
const layered = (plan: readonly PlannedStack[], events: readonly DeploymentEvent[]): DeploymentEvent[] => {
  const begunLayers = new Set<number>();
  return events.flatMap((event) => {
    const stack = "stack" in event.data ? event.data.stack : "";
    const layer = plan.find(({ name }) => name === stack)?.layer;
    if (layer === undefined || begunLayers.has(layer)) return [event];
    begunLayers.add(layer);
    const stacks = plan.filter((other) => other.layer === layer).map(({ name }) => name);
    const start = { type: "layer_started" as const, timestamp: event.timestamp };
    return [reported(start.type, 1, { layer, stacks }), event];
  });
};

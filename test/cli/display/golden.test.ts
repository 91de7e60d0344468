/** Frames as people see them, kept beside the tests: whoever changes a display looks at all of them. */
import { describe, expect, test } from "vitest";
import { frameOf } from "../../../src/cli/display/frame.ts";
import type { DisplayKind, Look } from "../../../src/cli/display/scene.ts";
import type { PlannedStack } from "../../../src/protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { Fates } from "../../domain/deployment/play.ts";
import { lengthOf, moment, planOf, rollbackAfter, runOf, sceneAfter } from "./scenes.ts";

const SIZES = [
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

type Story = Readonly<{ events: readonly DeploymentEvent[]; at: number }>;

const storiesOf = (plan: readonly PlannedStack[]): Readonly<Record<string, Story>> => {
  const middle = plan[Math.floor(plan.length / 2)]?.name ?? "";
  const skips: Fates = plan.length > 3 ? { [plan[2]?.name ?? ""]: { resources: 0, ends: "skipped" } } : {};
  const good = runOf(plan, skips);
  const bad = runOf(plan, { ...skips, [middle]: { resources: 5, ends: "failed" } });
  const end = lengthOf(bad);
  const back = rollbackAfter(bad, end + 5);
  const failedAt = bad.find(({ type }) => type === "resource_failed")?.timestamp ?? "";
  return {
    running: { events: good, at: 0.5 * lengthOf(good) },
    failing: { events: bad, at: (Date.parse(failedAt) - moment(0)) / 1000 + 1 },
    failed: { events: bad, at: end + 1 },
    "rolling-back": { events: [...bad, ...back], at: end + 0.5 * (lengthOf(back) - end) },
    finished: { events: good, at: lengthOf(good) + 1 },
  };
};

const framed = (lines: readonly string[], columns: number): string => {
  const edge = `+${"-".repeat(columns)}+`;
  return [edge, ...lines, edge].join("\n");
};

const DISPLAYS: readonly DisplayKind[] = ["layered", "bar"];

describe.each([
  { stacks: 3, plan: planOf(3, 3) },
  { stacks: 120, plan: planOf(120, 5) },
])("with $stacks stacks", ({ stacks, plan }) => {
  const stories = Object.entries(storiesOf(plan));

  test.each(stories.flatMap(([name, story]) => DISPLAYS.map((display) => ({ name, story, display }))))(
    "a $name deployment, $display, is drawn as it is kept",
    async ({ name, story, display }) => {
      const look: Look = { color: false, unicode: true, display };
      const scene = sceneAfter(story.events, story.at);
      const frames = SIZES.map((size) => framed(frameOf(scene, moment(story.at), size, look), size.columns));
      await expect(`${frames.join("\n\n")}\n`).toMatchFileSnapshot(
        `../golden/${display}-${stacks}-${name}.txt`,
      );
    },
  );
});

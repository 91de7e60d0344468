/**
 * Five thousand bars and nothing else: the timeline as the page has it, or with `?naive` all bars drawn again each time.
 * `letPass` lets seconds pass in each of which one bar ends.
 */
import { signal } from "@preact/signals";
import { render } from "preact";
import { Timeline } from "../../../src/dashboard/timeline/timeline.tsx";
import { timedRunOf } from "../../../src/dashboard/timeline/timeline-run.ts";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { emptyDeployment, type DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import type { Drafts } from "../../../src/domain/deployment/drafts.ts";
import { ENVIRONMENT, eventsOfRun, stackOf } from "./made-run.ts";

declare global {
  interface Window {
    letPass: (seconds: number) => Promise<void>;
    barCount: number;
  }
}

const SIZE = { deploymentId: "bars", stacks: 50, layers: 5, resources: 99, underway: 10 };
const START = Date.parse("2026-01-01T00:00:00.000Z");

const events = eventsOfRun(SIZE, START);
const drafts: Drafts = new WeakMap();
let state: DeploymentState = emptyDeployment(SIZE.deploymentId, ENVIRONMENT);
for (const event of events) state = applyEvent(state, event, drafts);

const source = signal(state);
const now = signal(START + 700_000);
let ended = 0;

const tick = (): void => {
  const resource = { type: "AWS::SQS::Queue", name: `Queue${1 + 2 * Math.floor(ended / SIZE.underway)}` };
  const stack = stackOf(SIZE.stacks - 1 - (ended % SIZE.underway));
  ended++;
  now.value += 1000;
  const data = { deploymentId: SIZE.deploymentId, environment: ENVIRONMENT, stack, resource };
  const timestamp = new Date(now.value).toISOString();
  source.value = applyEvent(source.value, { type: "resource_created", timestamp, data });
};

/** Each in a frame of its own. */
window.letPass = async (seconds) => {
  for (let second = 0; second < seconds; second++) {
    tick();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  }
};

/** Bars that nothing splits into parts. */
const NO_LINES: readonly never[] = [];

const ROW = 26;
const WIDTH = 1000;

const NaiveTimeline = () => {
  const run = timedRunOf(source.value);
  if (!run) return null;
  const scale = WIDTH / (now.value + 60_000 - run.span.start);
  const bars = run.stacks.flatMap((stack) => [stack, ...stack.resources()]);
  return (
    <svg width={WIDTH + 200} height={bars.length * ROW}>
      {bars.map(({ name, look, span }, index) => {
        if (!span) return null;
        const from = (span.start - run.span.start) * scale;
        const to = ((span.end ?? now.value) - run.span.start) * scale;
        return (
          <g class={look} transform={`translate(0 ${index * ROW})`}>
            <rect x={from} y={6} width={Math.max(3, to - from)} height={14} />
            <text x={to + 6} y={17}>
              {name} {Math.round(((span.end ?? now.value) - span.start) / 1000)}s
            </text>
          </g>
        );
      })}
    </svg>
  );
};

const isNaive = new URLSearchParams(location.search).has("naive");
window.barCount = SIZE.stacks * (1 + SIZE.resources);
render(
  isNaive ? <NaiveTimeline /> : <Timeline source={source} now={now} lines={NO_LINES} range={undefined} />,
  document.body,
);

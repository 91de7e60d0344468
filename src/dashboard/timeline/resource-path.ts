/**
 * What kept a stack from ending sooner: its resources one after the other, each with the time that it waited for its turn, was
 * configured, and became stable. Which waited for which follows from when they began: CloudFormation begins what can begin.
 */
import type { TimedResource, TimedStack } from "./timeline-run.ts";

export type PathTimes = Readonly<{ waiting: number; configuring: number; stabilising: number }>;

/** A resource of the path; times in seconds, as far as the path goes through them. */
export type ResourceLink = PathTimes & Readonly<{ stack: string; name: string; type: string }>;

/** A resource begins at most so long after the one that it waited for, in milliseconds, or waits for something else. */
const CLOSE_MS = 1_000;

type Timed = Readonly<{ resource: TimedResource; start: number; ready: number; end: number }>;

const timed = (resource: TimedResource, now: number): Timed => {
  const { start, end = now } = resource.span;
  const { configured = end } = resource;
  return { resource, start, end, ready: Math.min(end, Math.max(start, configured)) };
};

/** From the first resource to the last one. `now`: the present, in milliseconds, or the end of the run. */
export const resourcePathOf = (stack: TimedStack, now: number): readonly ResourceLink[] => {
  if (!stack.span) return [];
  const all = stack
    .resources()
    .map((resource) => timed(resource, now))
    .sort((one, other) => one.ready - other.ready || one.start - other.start);
  const [last] = [...all].sort((one, other) => other.end - one.end);
  const links: ResourceLink[] = [];
  let until = Infinity;
  for (let link = last; link;) {
    const { resource, start, end } = link;
    // What waits for it may begin once it is configured.
    const before = all.findLast((other) => other.ready <= start + CLOSE_MS && other.start < start);
    const ready = Math.min(link.ready, until);
    links.unshift({
      stack: stack.name,
      name: resource.name,
      type: resource.type,
      waiting: Math.max(0, start - (before?.ready ?? stack.span.start)) / 1000,
      configuring: Math.max(0, ready - start) / 1000,
      stabilising: Math.max(0, Math.min(end, until) - ready) / 1000,
    });
    until = start;
    link = before;
  }
  return links;
};

const NO_TIMES: PathTimes = { waiting: 0, configuring: 0, stabilising: 0 };

export const sumOfPath = (links: readonly PathTimes[]): PathTimes =>
  links.reduce<PathTimes>(
    (sum, { waiting, configuring, stabilising }) => ({
      waiting: sum.waiting + waiting,
      configuring: sum.configuring + configuring,
      stabilising: sum.stabilising + stabilising,
    }),
    NO_TIMES,
  );

/** The resource on which the path spends most; undefined: there is none. */
export const longestLink = (links: readonly ResourceLink[]): ResourceLink | undefined =>
  [...links].sort((one, other) => lengthOf(other) - lengthOf(one))[0];

/** Without the waiting. */
export const lengthOf = ({ configuring, stabilising }: PathTimes): number => configuring + stabilising;

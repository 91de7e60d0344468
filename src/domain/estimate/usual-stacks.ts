/**
 * How long a deployment's stacks usually take, as the runs before have shown it. A stack that is created takes another time
 * than one that is updated: which of them comes next follows from what the last run made of it.
 */
import type { UsualSeconds } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { quantileOf, type Verb } from "./durations.ts";
import { durationsIn, EMPTY_SKETCH, withDuration, type Sketch } from "./sketch.ts";

type EndedStack = Pick<StackProgress, "name" | "status" | "startTime" | "endTime" | "dependsOn">;

type EndedRun = Pick<DeploymentProgress, "status" | "order"> &
  Readonly<{ stacks: Readonly<Record<string, EndedStack>> }>;

/** A stack begins soon after those that it waits for: what passes until then counts as its own. */
const MOST_BETWEEN_MS = 10_000;

const secondsOf = (
  { startTime = "", endTime = "", dependsOn }: EndedStack,
  { stacks, order }: EndedRun,
): number => {
  const [start, end] = [Date.parse(startTime), Date.parse(endTime)];
  const ends = order === "layers" ? [] : dependsOn.map((name) => Date.parse(stacks[name]?.endTime ?? ""));
  const ready = Math.max(...ends.filter((at) => at <= start && at >= start - MOST_BETWEEN_MS), -Infinity);
  return (end - (Number.isFinite(ready) ? ready : start)) / 1000;
};

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;

/** By the name of a stack; `runs`: oldest first, each at its end. */
export const usualStackSeconds = (runs: readonly EndedRun[]): ReadonlyMap<string, UsualSeconds> => {
  const isThere = new Map<string, boolean>();
  const sketches = new Map<string, Sketch>();
  const learn = (verb: Verb, stack: EndedStack, run: EndedRun): void => {
    const seconds = secondsOf(stack, run);
    const key = `${verb} ${stack.name}`;
    if (seconds >= 0) sketches.set(key, withDuration(sketches.get(key) ?? EMPTY_SKETCH, seconds, true));
  };
  for (const run of runs) {
    for (const stack of Object.values(run.stacks)) {
      const { name, status } = stack;
      if (status === "deployed") learn(isThere.get(name) ? "update" : "create", stack, run);
      // Where it was deployed first, its times are those of both.
      if (status === "deleted" && run.status === "destroyed") learn("delete", stack, run);
      if (status === "deployed" || status === "skipped") isThere.set(name, true);
      else if (status !== "pending") isThere.set(name, false);
    }
  }
  const usualOf = (verb: Verb, name: string) => {
    const durations = durationsIn(sketches.get(`${verb} ${name}`) ?? EMPTY_SKETCH);
    if (!durations) return undefined;
    const [p50, p90] = [0.5, 0.9].map((level) => rounded(quantileOf(durations, level)));
    return { p50: p50!, p90: p90!, sample: durations.sample };
  };
  return new Map(
    [...isThere].flatMap(([name, there]): (readonly [string, UsualSeconds])[] => {
      const deploy = usualOf(there ? "update" : "create", name);
      const remove = usualOf("delete", name);
      return deploy || remove
        ? [[name, { ...(deploy && { deploy }), ...(remove && { delete: remove }) }]]
        : [];
    }),
  );
};

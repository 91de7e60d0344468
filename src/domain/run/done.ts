/** What the runs before one have brought where it is to be, and by which of them: a retry does not do it again. */
import type { DeploymentState } from "../deployment/deployment-state.ts";
import type { Done, Orchestration } from "./task.ts";

/** Of a run that is over; `before`: what was known of it as it began. */
export const doneAfter = (
  state: DeploymentState,
  before: Pick<Orchestration, "run" | "done" | "doneBy"> | undefined,
): Readonly<{ done: readonly string[]; doneBy: Readonly<Record<string, Done>> }> => {
  const doneBy: Record<string, Done> = {};
  const done = [...state.stacks.values()].filter(
    ({ status }) => status === "deployed" || status === "skipped",
  );
  for (const { name, status } of done) {
    const isOlder = status === "skipped" && before?.run === state.run && before.done.includes(name);
    // Who kept nothing of it, as older releases, leaves it open which run that was.
    const known = isOlder ? before.doneBy?.[name] : { run: state.run, isDeployed: status === "deployed" };
    if (known) doneBy[name] = known;
  }
  return { done: done.map(({ name }) => name), doneBy };
};

/** Why a stack that is done is skipped. */
export const doneText = (by: Done | undefined): string => {
  if (!by) return "An earlier run has deployed it";
  return by.isDeployed ? `It was deployed by run ${by.run}` : `Run ${by.run} found nothing to change in it`;
};

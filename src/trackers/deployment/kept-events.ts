/** A deployment's events as its log keeps them: after an offset, or those of one run, which begins with `deployment_started`. */
import { keptEventSchema } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentEvents } from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";
import type { DeploymentStorage } from "./deployment-store.ts";

/** Events that are looked through at once. */
const STRIDE = 1_000;

type RunRange = Readonly<{ first: number; last: number }>;

/** The number of the run that a frame begins; undefined: none. */
const runBegunBy = (frame: string): number | undefined => {
  if (!frame.includes('"deployment_started"')) return undefined;
  const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
  return event?.type === "deployment_started" ? event.data.run : undefined;
};

/** First and last offset of a run; undefined: its events are not kept any more. */
const rangeOfRun = ({ state, log, runStart }: DeploymentStorage, run: number): RunRange | undefined => {
  if (run === state.run) return { first: runStart, last: log.offset };
  let first: number | undefined;
  for (let at = log.floor - 1; at < runStart - 1;) {
    const rows = log.page(at, STRIDE);
    for (const { from, frames } of rows)
      for (const [index, frame] of frames.entries()) {
        const begun = runBegunBy(frame);
        if (begun === run) first = from + index;
        else if (begun !== undefined && first !== undefined) return { first, last: from + index - 1 };
      }
    at = rows.at(-1)?.to ?? log.offset;
  }
  return first === undefined ? undefined : { first, last: runStart - 1 };
};

/** At most `limit` durable events after an offset. */
export const eventsAfter = (
  deployment: DeploymentChannel,
  after: number,
  limit: number,
): DeploymentEvents => {
  const { store, channel } = deployment;
  const { runs, more } = store.log.framesAfter(after, limit);
  const events = runs.flatMap(({ from, frames }) =>
    frames.flatMap((frame, index) => {
      const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
      return event ? [{ ...event, channel: channel.name, offset: from + index }] : [];
    }),
  );
  return { ...channel.position, events, more };
};

export const noRun = (run: number): Failure => ({
  code: "DEPLOYMENT_NOT_FOUND",
  message: `There was no run ${run}`,
});

/** The same of one run alone, as long as its events are kept. */
export const eventsOfRun = (
  deployment: DeploymentChannel,
  run: number,
  after: number,
  limit: number,
): Result<DeploymentEvents, Failure> => {
  if (run > deployment.store.state.run) return failed(noRun(run));
  const range = rangeOfRun(deployment.store, run);
  if (!range)
    return failed({ code: "EVENTS_NOT_KEPT", message: `The events of run ${run} are no longer kept` });
  const page = eventsAfter(deployment, Math.max(after, range.first - 1), limit);
  const events = page.events.filter(({ offset }) => offset <= range.last);
  const last = events.at(-1)?.offset ?? range.last;
  return success({ ...page, events, more: page.more && last < range.last });
};

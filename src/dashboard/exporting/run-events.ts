/** All durable events of one run, page by page: whole, or not at all. */
import type { EventsQuery, RestClient } from "../../client/rest.ts";
import type { RestFailure } from "../../client/rest-call.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

/** The most that an answer gives. */
const PAGE: Pick<Required<EventsQuery>, "limit"> = { limit: 500 };

export type RunEvents = Readonly<{
  events: readonly DeploymentFrame[];
  /** False if the channel no longer reaches back to the run's beginning. */
  isWhole: boolean;
}>;

type AskEvents = RestClient["deployments"]["events"];

/** Another epoch is another history: what was read before belongs to none. */
const CHANGED: RestFailure = {
  code: "BAD_ANSWER",
  message: "The deployment's history has changed in the meantime; try again",
};

/** What of a page belongs to a run, given what came before. */
class RunCollector {
  readonly events: DeploymentFrame[] = [];
  isWhole = false;
  /** Undefined before the first beginning that the channel still has: until then lies the rest of an unnamed run. */
  #current: number | undefined;
  readonly #run: number;

  constructor(run: number) {
    this.#run = run;
  }

  /** False once a later run has begun. */
  take(event: DeploymentFrame): boolean {
    if (event.type === "deployment_started") {
      const before = this.#current;
      this.#current = event.data.run ?? (before ?? 0) + 1;
      if (this.#current > this.#run) {
        // The unnamed rest is that of the run before, and of no other.
        if (before === undefined && this.#current !== this.#run + 1) this.events.length = 0;
        return false;
      }
      this.events.length = 0;
      this.isWhole = this.#current === this.#run;
    }
    if (this.#current === undefined || this.#current === this.#run) this.events.push(event);
    return true;
  }
}

/** `onProgress` hears how many events have been read. Ends with the run, or with the newest event if it goes on. */
export const readRunEvents = async (
  ask: AskEvents,
  address: DeploymentAddress,
  run: number,
  onProgress: (count: number) => void = () => undefined,
): Promise<Result<RunEvents, RestFailure>> => {
  const collector = new RunCollector(run);
  let after = 0;
  let read = 0;
  let epoch: string | undefined;
  for (;;) {
    const answer = await ask(address, { after, ...PAGE });
    if (!answer.ok) return answer;
    const page = answer.value;
    epoch ??= page.epoch;
    if (page.epoch !== epoch) return failed(CHANGED);
    const isOver = page.events.some((event) => !collector.take(event));
    read += page.events.length;
    onProgress(read);
    const last = page.events.at(-1)?.offset;
    if (isOver || !page.more || last === undefined || last <= after)
      return success({ events: collector.events, isWhole: collector.isWhole });
    after = last;
  }
};

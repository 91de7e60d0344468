/**
 * Events folded into a deployment's state, with those that follow from them: what the channel's owner does with what
 * it is reported. Folding the events that come out gives the same state, without deriving anything.
 */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { applyEvent } from "./apply-event.ts";
import { derivedAfter, derivedBefore } from "./derived-events.ts";
import type { DeploymentState } from "./deployment-state.ts";
import { filledEvent } from "./filled-event.ts";
import type { Drafts } from "./drafts.ts";
import { verdictOn, type Verdict } from "./transitions.ts";

export type FoldedEvents = Readonly<{
  state: DeploymentState;
  /** Accepted and derived events, in the order in which they are reported. */
  events: readonly DeploymentEvent[];
  /** One for each event given. */
  verdicts: readonly Verdict[];
}>;

/** `drafts`: shared by the folds of one request, each of which goes on from the state of the one before. */
export const foldDeployment = (
  before: DeploymentState,
  given: readonly DeploymentEvent[],
  drafts: Drafts = new WeakMap(),
): FoldedEvents => {
  let state = before;
  const events: DeploymentEvent[] = [];
  const tell = (reported: DeploymentEvent): void => {
    const event = filledEvent(state, reported);
    state = applyEvent(state, event, drafts);
    events.push(event);
  };
  const verdicts = given.map((reported) => {
    const verdict = verdictOn(state, reported);
    if (verdict.kind !== "accepted") return verdict;
    const event = filledEvent(state, reported);
    for (const earlier of derivedBefore(state, event)) tell(earlier);
    tell(event);
    for (let next = derivedAfter(state, event); next; next = derivedAfter(state, event)) tell(next);
    return verdict;
  });
  return { state, events, verdicts };
};

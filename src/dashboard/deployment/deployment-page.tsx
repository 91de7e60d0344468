/** A deployment, live: where it stands, why it failed, its layers and stacks, its events, its times and its past. */
import { useSignal, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading } from "../elements/answer.tsx";
import { focusFilter } from "../elements/filter-input.tsx";
import { kindOfStatus, wordOfStatus } from "../../domain/words/status-words.ts";
import { announce } from "../shell/announcements.tsx";
import { useKeys } from "../shell/keys.ts";
import { useOpen } from "../shell/open-connection.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { notifyEnd } from "./run/end-notice.ts";
import { shownLog } from "./event-log.ts";
import { FollowedDeployment } from "./followed-deployment.ts";
import { milestoneOf } from "./run/milestone.ts";
import { usePastRun } from "./run/past-run.ts";
import { RunPage } from "./run/run-page.tsx";
import { nextFailure, nextStack } from "./tree/stack-steps.ts";
import { hasFilter, nextTab } from "./run/run-tabs.tsx";

/** Followed as long as the page is drawn; whoever signs in again goes on where the last socket was. */
const useFollowed = (address: DeploymentAddress): FollowedDeployment => {
  const name = `${address.deploymentId}-${address.environment}`;
  const followed = useMemo(() => {
    const made = new FollowedDeployment(address, (frame) => {
      const milestone = milestoneOf(frame);
      if (!milestone) return;
      announce(milestone.text);
      if (milestone.isEnd) notifyEnd(name, milestone.text, `stackcast ${name}`);
    });
    shownLog.value = made.log;
    return made;
  }, []);
  useOpen(followed);
  return followed;
};

/** Goes to the filter, from a view that has none to one that has. */
const filterNow = (): void => {
  if (hasFilter(queryValue("tab"))) return focusFilter();
  setView({ tab: undefined }, { step: true });
  requestAnimationFrame(focusFilter);
};

const useDeploymentKeys = (followed: FollowedDeployment, following: Signal<boolean>): void => {
  const step = (move: typeof nextStack, direction: 1 | -1): void => {
    const name = move(followed.view, queryValue("stack"), direction);
    if (name !== undefined) setView({ stack: name, resource: undefined });
  };
  useKeys({
    "/": { does: "Filter stacks and events", run: filterNow },
    f: { does: "Next failed stack", run: () => step(nextFailure, 1) },
    j: { does: "Next stack", run: () => step(nextStack, 1) },
    k: { does: "Previous stack", run: () => step(nextStack, -1) },
    l: { does: "Follow the newest event, or pause", run: () => (following.value = !following.value) },
    t: { does: "Next tab", run: () => setView({ tab: nextTab(queryValue("tab")) }, { step: true }) },
  });
};

const WAITING = "Waiting for this deployment";

export const DeploymentPage = ({ deploymentId, environment }: DeploymentAddress) => {
  const address = { deploymentId, environment };
  const name = `${deploymentId}-${environment}`;
  const followed = useFollowed(address);
  const following = useSignal(true);
  useDeploymentKeys(followed, following);
  const newest = followed.view.progress.value;
  const asked = Number(queryValue("run"));
  const run = asked > 0 && newest && asked !== newest.run ? asked : undefined;
  const past = usePastRun(address, run, followed.log);
  const { status, summary } = newest ?? {};
  usePageStatus(
    status === undefined || !summary
      ? name
      : kindOfStatus(status) === "running"
        ? `${summary.progressPercent}% · ${name}`
        : `${wordOfStatus(status)} · ${name}`,
    kindOfStatus(status ?? ""),
  );
  const refusal = followed.refusal.value;
  const isUnreported = followed.isUnreported.value;
  const isStale = followed.connection.lostAt.value !== undefined;
  if (!newest || (past && past.kind !== "ready"))
    return (
      <div class="page">
        <h1>{name}</h1>
        <section class="sheet">
          {refusal && <FailureNote failure={refusal} onRetry={() => followed.open()} />}
          {past?.kind === "failed" && <FailureNote failure={past.failure} />}
          {past?.kind === "loading" && <Loading what={`run ${run}`} />}
          {!refusal && !past && isUnreported && (
            <Empty title={WAITING}>
              <p>
                There are no events of {name} yet. It appears here as soon as it is registered or its first
                event arrives.
              </p>
            </Empty>
          )}
          {!refusal && !past && !isUnreported && <Loading what={name} />}
        </section>
      </div>
    );
  return (
    <RunPage
      address={address}
      view={past?.kind === "ready" ? past.value : followed.view}
      newest={newest}
      isPast={past !== undefined}
      isStale={isStale}
      trouble={followed.trouble.value}
      sampling={followed.sampling.value}
      log={followed.log}
      following={following}
    />
  );
};

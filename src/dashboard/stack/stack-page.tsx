/** A stack on its own, live: where its newest operation stands, its resources, its events and how it ended. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { resourcesOf } from "../../domain/stack/stack-view.ts";
import { placeTextOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import { standingOf } from "../../domain/stack/statuses.ts";
import { queryValue } from "../address.ts";
import { notifyEnd } from "../deployment/run/end-notice.ts";
import { Empty, FailureNote, Loading } from "../elements/answer.tsx";
import { lazy } from "../elements/lazy.tsx";
import { FilterInput, focusFilter } from "../elements/filter-input.tsx";
import { kindOfStatus, OUTCOME_WORDS } from "../../domain/words/status-words.ts";
import { LazySamplingLine } from "../elements/lazy-sampling-line.ts";
import { LazyOutlookLine } from "../estimates/lazy-outlook-line.ts";
import { TroubleNote } from "../elements/trouble-note.tsx";
import { announce } from "../shell/announcements.tsx";
import { useKeys } from "../shell/keys.ts";
import { rest } from "../server.ts";
import { useOpen } from "../shell/open-connection.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { StackFollower } from "./followed-stack.ts";
import { ResourceTable } from "./resource-table.tsx";
import { StackCause, StackHead, StackOutputs } from "./stack-head.tsx";
import { StackLog } from "./stack-log.tsx";
import "./stack.css";

const PartOf = lazy(async () => (await import("./part-of.tsx")).PartOf, null);

const StackMakeup = lazy(async () => (await import("./stack-details.tsx")).StackMakeup, null);

const useFollowedStack = (address: StackAddress): StackFollower => {
  const followed = useMemo(
    () =>
      new StackFollower(address, ({ outcome }) => {
        const text = `${address.stackName}: ${OUTCOME_WORDS[outcome]}`;
        announce(text);
        notifyEnd(address.stackName, text, `stackcast ${placeTextOf(address)}/${address.stackName}`);
      }),
    [],
  );
  useOpen(followed);
  return followed;
};

/** A stack that is not there yet is no failure: it is waited for. */
const Absent = ({ followed, stackName }: Readonly<{ followed: StackFollower; stackName: string }>) => {
  const failure = followed.failure.value;
  if (failure?.code === "STACK_NOT_FOUND")
    return (
      <Empty title={`There is no stack ${stackName} yet`}>
        <p>It appears here as soon as it is created.</p>
      </Empty>
    );
  if (failure) return <FailureNote failure={failure} onRetry={() => followed.open()} />;
  return <Loading what={stackName} />;
};

const Resources = ({ followed, address }: Readonly<{ followed: StackFollower; address: StackAddress }>) => {
  const view = followed.shown.value;
  const rows = view ? resourcesOf(view) : [];
  const status = view?.status ?? "";
  const text = queryValue("q").toLowerCase();
  const wanted =
    text === ""
      ? rows
      : rows.filter((row) =>
          [row.path, row.type, row.status, row.reason].some((part) => part.toLowerCase().includes(text)),
        );
  return (
    <section class="sheet" aria-label="Resources">
      <header>
        <h2>
          Resources <span class="quiet small">{rows.length}</span>
        </h2>
        <search class="toolbar">
          <FilterInput
            class="compact grow"
            placeholder="Filter resources and events"
            label="Filter resources and events"
          />
        </search>
      </header>
      {wanted.length > 0 ? (
        <ResourceTable
          rows={wanted}
          isOver={status !== "" && standingOf(status) !== "running"}
          address={address}
          lines={followed.lines}
        />
      ) : (
        <Empty title={rows.length === 0 ? "No resources yet" : "No resources match"} />
      )}
    </section>
  );
};

export const StackPage = (address: StackAddress) => {
  const { account, region, stackName } = address;
  const followed = useFollowedStack({ account, region, stackName });
  const following = useSignal(true);
  useKeys({
    "/": { does: "Filter resources and events", run: focusFilter },
    l: { does: "Follow the newest event, or pause", run: () => (following.value = !following.value) },
  });
  const stack = followed.shown.value;
  const sampling = followed.sampling.value;
  const isStale = followed.connection.lostAt.value !== undefined;
  const isRunning = stack !== undefined && standingOf(stack.status) === "running";
  usePageStatus(
    stack === undefined ? stackName : `${isRunning ? `${stack.progress}%` : stack.status} · ${stackName}`,
    kindOfStatus(stack?.status ?? ""),
  );
  return (
    <div class="page">
      {followed.trouble.value && <TroubleNote trouble={followed.trouble.value} />}
      {sampling && sampling.reason !== "quiet" && <LazySamplingLine sampling={sampling} />}
      {stack === undefined ? (
        <>
          <h1>{stackName}</h1>
          <section class="sheet">
            <Absent followed={followed} stackName={stackName} />
          </section>
        </>
      ) : (
        <>
          <div class={isStale ? "stale" : undefined}>
            <StackHead stack={stack} account={account} region={region}>
              {followed.deployments.value.length > 0 && <PartOf channels={followed.deployments.value} />}
            </StackHead>
          </div>
          {isRunning && stack.estimate && (
            <LazyOutlookLine
              estimate={stack.estimate}
              ask={() => rest.stacks.estimates({ stackName, account, region })}
            />
          )}
          <StackCause stack={stack} />
          <div class={isStale ? "overview stale" : "overview"}>
            <Resources followed={followed} address={{ account, region, stackName }} />
            <StackLog followed={followed} following={following} />
          </div>
          <StackOutputs stack={stack} />
          <StackMakeup address={{ account, region, stackName }} status={stack.status} />
        </>
      )}
    </div>
  );
};

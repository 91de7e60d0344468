/** A run in the view that the address asks for; views that few open are loaded when they are opened. */
import type { Sampling } from "../../../protocol/connection/sampling-frame.ts";
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { DeploymentAddress } from "../../../protocol/connection/channel-names.ts";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { queryValue, setView, viewHref } from "../../address.ts";
import { now } from "../../clock.ts";
import { lazy } from "../../elements/lazy.tsx";
import { FilterInput } from "../../elements/filter-input.tsx";
import { Empty } from "../../elements/answer.tsx";
import { LazySamplingLine } from "../../elements/lazy-sampling-line.ts";
import { TroubleNote } from "../../elements/trouble-note.tsx";
import type { AwsTrouble } from "../../elements/trouble-note.tsx";
import { DeploymentLog, NO_RANGE } from "../deployment-log.tsx";
import type { ShownLog } from "../event-log.ts";
import { LayerTree } from "../tree/layer-tree.tsx";
import { timelineSourceOf } from "../timeline-source.ts";
import { RunHead } from "./run-head.tsx";
import { rangeOfRun } from "./run-range.ts";
import { hasFilter, RunTabs, tabOf } from "./run-tabs.tsx";
import type { RunView } from "./run-view.ts";
import { isStackWanted, stackFilterOf } from "../tree/stack-filter.ts";

const Timeline = lazy(async () => (await import("../../timeline/timeline.tsx")).Timeline);

const StackGraph = lazy(async () => (await import("../../graph/stack-graph.tsx")).StackGraph);

const RunTools = lazy(async () => (await import("./run-tools.tsx")).RunTools, null);

const RunNotes = lazy(async () => (await import("./run-notes.tsx")).RunNotes, null);

/** Whether there is more to say of a run than how far it is. */
const hasNotes = ({ status, blast, orphans, retained, stabilising, metrics }: DeploymentProgress): boolean =>
  status === "deployed" ||
  [blast, orphans, retained, stabilising, metrics.estimate].some((note) => note !== undefined);

const PastNote = lazy(async () => (await import("./past-note.tsx")).PastNote, null);

const History = lazy(async () => (await import("../../history/history.tsx")).History);

/** Of the page that shows a run; the latest one is shown without naming it. */
const runHref = (run: number, newest: number): string =>
  viewHref({ run: run === newest ? undefined : run, tab: undefined, event: undefined });

const openStack = (stack: string): void =>
  setView({ tab: undefined, stack, resource: undefined }, { step: true });

type RunPageProps = Readonly<{
  address: DeploymentAddress;
  view: RunView;
  /** The latest run, whichever is shown. */
  newest: DeploymentProgress;
  isPast: boolean;
  /** What is shown may be older than it says. */
  isStale: boolean;
  trouble: AwsTrouble | undefined;
  sampling: Sampling | undefined;
  log: ShownLog;
  following: Signal<boolean>;
}>;

const KindChips = lazy(async () => (await import("./kind-chips.tsx")).KindChips, null);

const Stacks = ({ view, progress }: Readonly<{ view: RunView; progress: DeploymentProgress }>) => {
  const [text, kind] = [queryValue("q"), queryValue("is")];
  const filter = useMemo(() => stackFilterOf(text, kind), [text, kind]);
  const stacks = Object.values(progress.stacks);
  const found = filter.isEmpty || stacks.some((stack) => isStackWanted(stack, filter));
  return (
    <section class="sheet" aria-label="Stacks">
      <header>
        <h2>Stacks</h2>
        <KindChips progress={progress} />
      </header>
      {found && stacks.length > 0 ? (
        <LayerTree view={view} filter={filter} />
      ) : (
        <Empty title={stacks.length === 0 ? "No stacks yet" : "No stacks match"}>
          {stacks.length > 0 && (
            <button type="button" class="button" onClick={() => setView({ q: undefined, is: undefined })}>
              Show all {stacks.length}
            </button>
          )}
        </Empty>
      )}
    </section>
  );
};

const View = ({ address, view, newest, log, following, isPast }: RunPageProps) => {
  const progress = view.progress.value;
  if (!progress) return null;
  const version = log.version.value;
  const known = version === 0 ? undefined : rangeOfRun(log.lines, progress.run);
  // Without its beginning nothing that is reported is known to be of an earlier run.
  const range = known ?? (isPast ? NO_RANGE : undefined);
  const events = <DeploymentLog log={log} following={following} range={range} />;
  switch (tabOf(queryValue("tab"))) {
    case "":
      return (
        <div class="overview">
          <Stacks view={view} progress={progress} />
          {events}
        </div>
      );
    case "log":
      return events;
    case "timeline":
      return (
        <Timeline
          source={timelineSourceOf(view)}
          now={now}
          onOpen={openStack}
          selected={queryValue("stack")}
          lines={range === NO_RANGE ? [] : log.lines}
          range={range}
        />
      );
    case "graph":
      return <StackGraph view={view} />;
    case "history":
      return (
        <History
          address={address}
          shown={progress}
          newest={newest}
          hrefOf={(run) => runHref(run, newest.run)}
        />
      );
  }
};

/** A view that is chosen is seen from its beginning, wherever its tab stood; what is asked for within it is scrolled to later. */
const useBeginning = (tab: string): void => {
  const shown = useRef(tab);
  useLayoutEffect(() => {
    if (shown.current !== tab) scrollTo(0, 0);
    shown.current = tab;
  }, [tab]);
};

export const RunPage = (props: RunPageProps) => {
  const { view, newest, isPast, isStale, trouble, sampling } = props;
  const progress = view.progress.value;
  useBeginning(tabOf(queryValue("tab")));
  if (!progress) return null;
  return (
    <div class={isStale ? "page is-stale" : "page"}>
      {trouble && <TroubleNote trouble={trouble} />}
      {sampling && !isPast && sampling.reason !== "quiet" && <LazySamplingLine sampling={sampling} />}
      {isPast && <PastNote run={progress.run} newest={newest.run} />}
      <div class={isStale ? "stale" : undefined}>
        <RunHead progress={progress} isBrief={tabOf(queryValue("tab")) !== ""}>
          <RunTools progress={progress} state={view.state.value} isPast={isPast} />
        </RunHead>
      </div>
      {hasNotes(progress) && <RunNotes progress={progress} isBrief={tabOf(queryValue("tab")) !== ""} />}
      <div class="view-bar">
        <RunTabs />
        {hasFilter(queryValue("tab")) && (
          <FilterInput
            class="compact"
            placeholder="Filter stacks, events ( / )"
            label="Filter stacks and events"
          />
        )}
      </div>
      <div class={isStale ? "stale" : undefined}>
        <View {...props} />
      </div>
    </div>
  );
};

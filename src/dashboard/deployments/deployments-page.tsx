/** The list of deployments, which can be filtered and which moves by itself. */
import { lazy } from "../elements/lazy.tsx";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading } from "../elements/answer.tsx";
import { useKeys } from "../shell/keys.ts";
import { useOpen } from "../shell/open-connection.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { FilterInput, focusFilter } from "../elements/filter-input.tsx";
import { isRunWanted, type RunFilter } from "../../domain/deployment/run-filter.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { runKinds } from "../../protocol/deployment/run-kinds.ts";
import { listKeys } from "../lists/list-keys.ts";
import { FollowedList } from "./deployment-list.ts";
import type { ListedDeployment } from "./deployment-row.ts";
import { DeploymentTable } from "./deployment-table.tsx";
import { LIST_WORDS, runKindOf } from "./list-words.ts";

/** Environments that were seen since the page was opened: filtered by one, the list shows no other. */
const environmentsSeen = new Set<string>();

/** What the address asks for. */
const filterNow = (): RunFilter => ({
  q: queryValue("q"),
  environment: queryValue("environment"),
  is: runKindOf(queryValue("is")),
});

/** Until what is typed is asked of the server; what is there already is filtered at once. */
const TYPING_MS = 250;

/** A text once it has been left alone for a while. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return text === "" ? "" : settled;
};

const useFollowedList = (): FollowedList => {
  const list = useMemo(() => new FollowedList(), []);
  const { q = "", environment, is } = filterNow();
  const settled = useSettled(q);
  useLayoutEffect(() => list.want({ q: settled, environment, is }), [settled, environment, is]);
  useOpen(list);
  return list;
};

const SavedFilters = lazy(async () => (await import("./saved-filters.tsx")).SavedFilters, null);

const Filters = ({ rows }: Readonly<{ rows: readonly ListedDeployment[] }>) => {
  for (const row of rows) environmentsSeen.add(row.environment);
  const environment = queryValue("environment");
  const kind = queryValue("is");
  return (
    <search class="toolbar">
      <FilterInput class="grow" placeholder="Search by name, owner or status" label="Search deployments" />
      <select
        class="select compact"
        aria-label="Environment"
        value={environment}
        onChange={(event) => setView({ environment: event.currentTarget.value })}
      >
        <option value="">All environments</option>
        {[
          ...environmentsSeen,
          ...(environmentsSeen.has(environment) || environment === "" ? [] : [environment]),
        ]
          .sort()
          .map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </select>
      <div class="filters" role="group" aria-label="Deployments by status">
        {runKinds.map((known) => (
          <button
            key={known}
            type="button"
            class="button compact"
            aria-pressed={kind === known}
            onClick={() => setView({ is: kind === known ? undefined : known })}
          >
            {LIST_WORDS[known]}
          </button>
        ))}
        <button
          type="button"
          class="button compact"
          aria-pressed={queryValue("group") === "environment"}
          onClick={() =>
            setView({ group: queryValue("group") === "environment" ? undefined : "environment" })
          }
        >
          By environment
        </button>
      </div>
      <SavedFilters />
    </search>
  );
};

const FirstSteps = lazy(async () => (await import("./first-steps.tsx")).FirstSteps, null);

const None = () => (
  <Empty title="No deployments yet">
    <p>The first one appears here by itself, in one of these ways:</p>
    <FirstSteps />
    <a class="button" href="/docs">
      API reference
    </a>
  </Empty>
);

const isFiltered = ({ q, environment, is }: RunFilter): boolean =>
  q !== "" || environment !== "" || is !== undefined;

const Found = ({ list, rows }: Readonly<{ list: FollowedList; rows: readonly ListedDeployment[] }>) => {
  const filter = filterNow();
  const wanted = rows.filter((row) => isRunWanted(row, filter));
  if (rows.length === 0 && !isFiltered(filter)) return <None />;
  if (wanted.length === 0)
    return (
      <Empty title="No deployments match">
        <div class="toolbar">
          <button
            type="button"
            class="button"
            onClick={() => setView({ q: undefined, environment: undefined, is: undefined })}
          >
            Show all
          </button>
          {list.live.hasMore && (
            <button type="button" class="button" onClick={() => void list.live.more()}>
              Search older ones
            </button>
          )}
        </div>
      </Empty>
    );
  return (
    <>
      <DeploymentTable rows={wanted} isGrouped={queryValue("group") === "environment"} />
      {list.live.hasMore && (
        <div class="body">
          <button type="button" class="button" onClick={() => void list.live.more()}>
            Older ones
          </button>
        </div>
      )}
    </>
  );
};

export const DeploymentsPage = () => {
  const list = useFollowedList();
  const rows = list.rows.value;
  const failure = list.live.failure.value;
  const running = rows?.filter(({ status }) => !hasRunEnded(status)).length ?? 0;
  usePageStatus(running === 0 ? "Deployments" : `${running} running`, running === 0 ? "waiting" : "running");
  useKeys({ "/": { does: "Search deployments", run: focusFilter }, ...listKeys("deployment") });
  return (
    <div class="page">
      <div class="page-head">
        <h1>Deployments</h1>
      </div>
      {failure && <FailureNote failure={failure} onRetry={() => list.open()} />}
      <section class="sheet list-sheet" aria-label="Deployments">
        {rows && (rows.length > 0 || isFiltered(filterNow())) && (
          <header>
            <Filters rows={rows} />
          </header>
        )}
        {rows ? <Found list={list} rows={rows} /> : !failure && <Loading what="deployments" />}
      </section>
    </div>
  );
};

/** The list of deployments, which can be filtered and which moves by itself. */
import { lazy } from "../elements/lazy.tsx";
import { useLayoutEffect, useMemo } from "preact/hooks";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading } from "../elements/answer.tsx";
import { useKeys } from "../shell/keys.ts";
import { useOpen } from "../shell/open-connection.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { FilterInput, focusFilter } from "../elements/filter-input.tsx";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { FollowedList } from "./deployment-list.ts";
import type { ListedDeployment } from "./deployment-row.ts";
import { DeploymentTable } from "./deployment-table.tsx";
import { isDeploymentWanted, LIST_KINDS, LIST_WORDS, listKindOf } from "./list-filter.ts";

/** Environments that were seen since the page was opened: filtered by one, the list shows no other. */
const environmentsSeen = new Set<string>();

const useFollowedList = (): FollowedList => {
  const list = useMemo(() => new FollowedList(), []);
  const environment = queryValue("environment");
  useLayoutEffect(() => list.want(environment), [environment]);
  useOpen(list);
  return list;
};

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
        {LIST_KINDS.map((known) => (
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
      </div>
    </search>
  );
};

const FirstSteps = lazy(async () => (await import("./first-steps.tsx")).FirstSteps, null);

const None = () => (
  <Empty title="No deployments yet">
    <p>The first one appears here by itself, in one of these ways:</p>
    <FirstSteps />
    <a class="button" href="/openapi.json" target="_blank" rel="noreferrer">
      The interface, as OpenAPI
    </a>
  </Empty>
);

const Found = ({ list, rows }: Readonly<{ list: FollowedList; rows: readonly ListedDeployment[] }>) => {
  const filter = {
    text: queryValue("q"),
    environment: queryValue("environment"),
    kind: listKindOf(queryValue("is")),
  };
  const wanted = rows.filter((row) => isDeploymentWanted(row, filter));
  if (rows.length === 0 && filter.environment === "") return <None />;
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
      <DeploymentTable rows={wanted} />
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
  useKeys({ "/": { does: "Search deployments", run: focusFilter } });
  return (
    <div class="page">
      <div class="page-head">
        <h1>Deployments</h1>
      </div>
      {failure && <FailureNote failure={failure} onRetry={() => list.open()} />}
      <section class="sheet list-sheet" aria-label="Deployments">
        {rows && (rows.length > 0 || queryValue("environment") !== "") && (
          <header>
            <Filters rows={rows} />
          </header>
        )}
        {rows ? <Found list={list} rows={rows} /> : !failure && <Loading what="deployments" />}
      </section>
    </div>
  );
};

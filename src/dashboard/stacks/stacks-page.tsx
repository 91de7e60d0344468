/** The stacks of all observed accounts and regions, which can be filtered and which move by themselves. */
import { useMemo } from "preact/hooks";
import { isListedStackWanted } from "../../domain/radar/board-filter.ts";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import { countText } from "../../domain/words/durations.ts";
import type { BoardStack } from "../../protocol/stack/board.ts";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading } from "../elements/answer.tsx";
import { FilterInput, focusFilter } from "../elements/filter-input.tsx";
import { listKeys } from "../lists/list-keys.ts";
import { Steps, type FirstStep } from "../lists/steps.tsx";
import { useKeys } from "../shell/keys.ts";
import { useOpen } from "../shell/open-connection.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { stackList } from "./stack-list.ts";
import { StackTable } from "./stack-table.tsx";
import "./stacks.css";

const STANDINGS = [
  ["running", "Running"],
  ["failed", "Failed"],
  ["resting", "At rest"],
  ["deleted", "Deleted"],
] as const;

const PLACES = [
  ["account", "All accounts"],
  ["region", "All regions"],
] as const;

const steps: readonly FirstStep[] = [
  {
    title: "Observe regions of Stackcast's own account: a setting of the Worker",
    command: "OBSERVE_REGIONS=us-east-1,eu-west-1",
  },
  {
    title: "Add another account, with the regions that are to be observed",
    command: "npx stackcast accounts add prod 210987654321 --region eu-west-1 --observe",
  },
];

const Filters = ({ stacks }: Readonly<{ stacks: readonly BoardStack[] }>) => (
  <search class="toolbar">
    <FilterInput class="grow" placeholder="Search by name" label="Search stacks" />
    {PLACES.map(([place, all]) => {
      const chosen = queryValue(place);
      const known = new Set(stacks.map((stack) => stack[place]));
      if (chosen !== "") known.add(chosen);
      return (
        <select
          key={place}
          class="select compact"
          aria-label={place === "account" ? "Account" : "Region"}
          value={chosen}
          onChange={(event) => setView({ [place]: event.currentTarget.value })}
        >
          <option value="">{all}</option>
          {[...known].sort().map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      );
    })}
    <div class="filters" role="group" aria-label="Stacks by status">
      {STANDINGS.map(([standing, word]) => (
        <button
          key={standing}
          type="button"
          class="button compact"
          aria-pressed={queryValue("is") === standing}
          onClick={() => setView({ is: queryValue("is") === standing ? undefined : standing })}
        >
          {word}
        </button>
      ))}
    </div>
  </search>
);

const None = () => (
  <Empty title="No stacks yet">
    <p>Each stack of an observed region appears here by itself, whoever deploys it:</p>
    <Steps steps={steps} />
  </Empty>
);

const Found = ({ stacks }: Readonly<{ stacks: readonly BoardStack[] }>) => {
  if (stacks.length > 0) return <StackTable stacks={stacks} />;
  const clear = { q: undefined, account: undefined, region: undefined, is: undefined };
  return (
    <Empty title="No stacks match">
      <button type="button" class="button" onClick={() => setView(clear)}>
        Show all
      </button>
    </Empty>
  );
};

export const StacksPage = () => {
  const list = useMemo(stackList, []);
  useOpen(list);
  const stacks = list.rows.value;
  const failure = list.failure.value;
  const running = stacks?.filter(({ status }) => isOperating(status)).length ?? 0;
  usePageStatus(running === 0 ? "Stacks" : `${running} running`, running === 0 ? "waiting" : "running");
  useKeys({ "/": { does: "Search stacks", run: focusFilter }, ...listKeys("stack") });
  const desired = {
    q: queryValue("q"),
    account: queryValue("account"),
    region: queryValue("region"),
    status: queryValue("is"),
  };
  const wanted = stacks?.filter((stack) => isListedStackWanted(stack, desired)) ?? [];
  const isAll = wanted.length === stacks?.length;
  return (
    <div class="page">
      <div class="page-head">
        <h1>Stacks</h1>
        {stacks && stacks.length > 0 && (
          <span class="quiet" role="status">
            {isAll ? countText(stacks.length, "stack") : `${wanted.length} of ${stacks.length} stacks`}
          </span>
        )}
      </div>
      {failure && <FailureNote failure={failure} onRetry={list.again} />}
      <section class="sheet list-sheet" aria-label="Stacks">
        {stacks && stacks.length > 0 && (
          <header>
            <Filters stacks={stacks} />
          </header>
        )}
        {stacks?.length === 0 ? (
          <None />
        ) : stacks ? (
          <Found stacks={wanted} />
        ) : (
          !failure && <Loading what="stacks" />
        )}
      </section>
    </div>
  );
};

/** Filters under names that the reader gave them: kept in this browser, and each a link to the list as it was. */
import { useState } from "preact/hooks";
import { viewHref } from "../address.ts";
import { Menu } from "../elements/menu.tsx";
import { SignMark } from "../elements/mark.tsx";
import { keepFilters, keptFilters, type SavedFilter } from "./kept-filters.ts";

/** What of the address is a filter. */
const NAMES = ["q", "environment", "is", "group"] as const;

const queryNow = (): string => {
  const all = new URLSearchParams(location.search);
  const query = new URLSearchParams();
  for (const name of NAMES) if (all.get(name)) query.set(name, all.get(name)!);
  return query.toString();
};

const hrefOf = ({ query }: SavedFilter): string => {
  const wanted = new URLSearchParams(query);
  return viewHref(Object.fromEntries(NAMES.map((name) => [name, wanted.get(name) ?? undefined])));
};

const Sheet = ({ close }: Readonly<{ close: () => void }>) => {
  const [saved, setSaved] = useState(keptFilters);
  const [name, setName] = useState("");
  const query = queryNow();
  const keep = (filters: readonly SavedFilter[]): void => {
    setSaved(filters);
    keepFilters(filters);
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    keep([...saved.filter((filter) => filter.name !== name.trim()), { name: name.trim(), query }]);
    setName("");
  };
  return (
    <>
      {saved.map((filter) => (
        <div key={filter.name} class="saved-filter">
          <a class="menu-item" href={hrefOf(filter)} onClick={close}>
            {filter.name}
          </a>
          <button
            type="button"
            class="button plain icon"
            aria-label={`Forget ${filter.name}`}
            onClick={() => keep(saved.filter((other) => other !== filter))}
          >
            <SignMark sign="close" />
          </button>
        </div>
      ))}
      {query === "" ? (
        <p class="small quiet saved-filter-note">Filter the list, and save that here under a name.</p>
      ) : (
        <form class="saved-filter" onSubmit={save}>
          <input
            class="input compact"
            aria-label="Name of this filter"
            placeholder="Name of this filter"
            maxLength={40}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="button compact">
            Save
          </button>
        </form>
      )}
    </>
  );
};

export const SavedFilters = () => (
  <Menu label="Saved" class="button compact">
    {(close) => <Sheet close={close} />}
  </Menu>
);

/** What narrows a page's lists as one types: its text is part of the address, and the key `/` goes to it. */
import { queryValue, setView } from "../address.ts";

type FilterProps = Readonly<{
  placeholder: string;
  /** What it narrows, for those who do not see it. */
  label: string;
  class?: string;
}>;

export const FilterInput = ({ placeholder, label, class: classes = "" }: FilterProps) => (
  <input
    id="filter"
    class={`input ${classes}`}
    type="search"
    placeholder={placeholder}
    aria-label={label}
    value={queryValue("q")}
    onInput={(event) => setView({ q: event.currentTarget.value })}
  />
);

/** For the key `/`. */
export const focusFilter = (): void => document.getElementById("filter")?.focus();

/** The views of a run, each with an address of its own. */
import { queryValue, viewHref } from "../../address.ts";

const TABS = [
  ["", "Stacks"],
  ["log", "Events"],
  ["timeline", "Timeline"],
  ["graph", "Graph"],
  ["history", "History"],
] as const;

export type RunTab = (typeof TABS)[number][0];

/** The view that a text names; the first, if it names none. */
export const tabOf = (text: string): RunTab => TABS.find(([tab]) => tab === text)?.[0] ?? "";

/** Whether a view shows what can be filtered. */
export const hasFilter = (text: string): boolean => tabOf(text) === "" || tabOf(text) === "log";

/** The view after another, around at the end. */
export const nextTab = (text: string): RunTab => {
  const index = TABS.findIndex(([tab]) => tab === tabOf(text));
  return TABS[(index + 1) % TABS.length]![0];
};

export const RunTabs = () => {
  const shown = tabOf(queryValue("tab"));
  return (
    <nav class="tabs" aria-label="Views">
      {TABS.map(([tab, words]) => (
        <a
          key={tab}
          href={viewHref({ tab, event: undefined })}
          aria-current={tab === shown ? "page" : undefined}
        >
          {words}
        </a>
      ))}
    </nav>
  );
};

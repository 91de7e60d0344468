/** Filters that the reader has saved, as this browser keeps them: what is not as we write it is passed over. */

export type SavedFilter = Readonly<{ name: string; query: string }>;

const KEY = "stackcast-filters";

const MOST = 30;

const isFilter = (value: unknown): value is SavedFilter =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "query" in value &&
  typeof value.query === "string";

/** The filters that a text holds. */
export const filtersIn = (text: string | null): readonly SavedFilter[] => {
  try {
    const tree: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(tree) ? tree.filter(isFilter).slice(-MOST) : [];
  } catch {
    return [];
  }
};

export const keptFilters = (): readonly SavedFilter[] => {
  try {
    return filtersIn(localStorage.getItem(KEY));
  } catch {
    return [];
  }
};

/** Where storing is forbidden they last as long as the page. */
export const keepFilters = (filters: readonly SavedFilter[]): void => {
  try {
    localStorage.setItem(KEY, JSON.stringify(filters.slice(-MOST)));
  } catch {
    // The menu still shows them.
  }
};

/**
 * The page's address as a signal: which page it names, and the view of it that its query holds, so that every view can be
 * sent to somebody else. It follows links and the browser's history; nothing is loaded again.
 */
import { computed, signal } from "@preact/signals";
import { changedQuery, routeOf, type QueryChanges } from "./route.ts";

const path = signal(location.pathname);
const search = signal(location.search);

/** What is shown now. */
export const route = computed(() => routeOf(path.value));

const query = computed(() => new URLSearchParams(search.value));

/** A value of the query, empty if it has none; whoever reads it while drawing is drawn again when it changes. */
export const queryValue = (name: string): string => query.value.get(name) ?? "";

const readAddress = (): void => {
  path.value = location.pathname;
  search.value = location.search;
};

/** Goes to an address of ours; `replace` leaves no step in the history. */
export const go = (href: string, { replace = false }: Readonly<{ replace?: boolean }> = {}): void => {
  if (replace) history.replaceState(null, "", href);
  else history.pushState(null, "", href);
  readAddress();
};

/** The address of this page in another view. */
export const viewHref = (changes: QueryChanges): string => path.value + changedQuery(search.value, changes);

/** Changes the view; typing into a filter leaves no steps in the history, choosing a tab does. */
export const setView = (changes: QueryChanges, { step = false }: Readonly<{ step?: boolean }> = {}): void => {
  const href = viewHref(changes);
  if (href !== location.pathname + location.search) go(href, { replace: !step });
};

const linkOf = (event: MouseEvent): HTMLAnchorElement | undefined => {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.target !== "" || link.hasAttribute("download")) return undefined;
  const isOurs = link.origin === location.origin && !link.hash && routeOf(link.pathname).page !== "unknown";
  return isOurs ? link : undefined;
};

/** Follows links and the history from now on. */
export const followAddress = (): void => {
  addEventListener("popstate", readAddress);
  document.addEventListener("click", (event) => {
    const link = linkOf(event);
    if (!link) return;
    event.preventDefault();
    const before = path.value;
    go(link.pathname + link.search);
    if (path.value !== before) scrollTo(0, 0);
  });
};

/** The parts that all pages are made of. Strings from outside are only ever set as text. */
import type { ConnectionState } from "../client/connection-state.ts";

export const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
};

export const setText = (id: string, text: string): void => {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
};

/** What happens, in three kinds that differ by word, mark and colour. */
type Kind = "running" | "done" | "failed" | "waiting";

const MARKS: Readonly<Record<Kind, string>> = { running: "→", done: "✓", failed: "✗", waiting: "·" };

const kindOf = (status: string): Kind => {
  if (/failed|rollback|rolled_back|cancelled/i.test(status)) return "failed";
  if (/^(pending|)$/.test(status)) return "waiting";
  return /_IN_PROGRESS$|ing$/.test(status) ? "running" : "done";
};

export const showStatus = (target: HTMLElement, status: string): void => {
  const kind = kindOf(status);
  const text = `${MARKS[kind]} ${status}`;
  if (target.textContent === text) return;
  target.className = kind;
  target.textContent = text;
};

/** The heading, the bar and the line below it. */
export const showProgress = (name: string, status: string, percent: number, counts: string): void => {
  setText("name", name);
  showStatus(element("status"), status);
  setText("percent", `${percent} %`);
  element("progress").setAttribute("value", String(percent));
  setText("counts", counts);
  document.title = `${percent}% · ${name}`;
};

export const showCause = (
  cause: Readonly<{ path: string; reason: string; status: string }> | undefined,
  more = "",
): void => {
  element("cause").hidden = !cause;
  setText("cause", cause ? `${cause.path}: ${cause.reason || cause.status}${more}` : "");
};

export const showNotice = (text: string): void => {
  element("notice").hidden = text === "";
  setText("notice", text);
};

export const showConnection = (state: ConnectionState): void => {
  if (state.kind === "live") return setText("connection", "live");
  if (state.kind === "stopped") return setText("connection", `stopped: ${state.reason || state.code}`);
  setText("connection", state.failures === 0 ? "connecting" : "reconnecting");
};

export const showColumns = (title: string, ...columns: readonly string[]): void => {
  setText("parts-title", title);
  element("columns").replaceChildren(
    ...columns.map((column) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = column;
      return cell;
    }),
  );
};

const rows = new Map<string, HTMLTableRowElement>();

/** The cells of a row, which is made at its first mention. */
export const rowOf = (key: string, cells: number): readonly HTMLElement[] => {
  let row = rows.get(key);
  if (!row) {
    row = document.createElement("tr");
    for (let cell = 0; cell < cells; cell++) row.append(document.createElement("td"));
    element("parts").append(row);
    rows.set(key, row);
  }
  return [...row.cells];
};

export const clearRows = (): void => {
  rows.clear();
  element("parts").replaceChildren();
};

export const clearEvents = (): void => element("events").replaceChildren();

/** Most lines that are kept on the page. */
const MAX_LINES = 500;

/** One more line; the list follows unless its reader has scrolled up. */
export const showEvent = (timestamp: string, text: string): void => {
  const line = document.createElement("li");
  line.textContent = `${timestamp.slice(11, 19)} ${text}`;
  const list = element("events");
  const following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(line);
  if (list.childElementCount > MAX_LINES) list.firstElementChild?.remove();
  if (following) list.scrollTop = list.scrollHeight;
};

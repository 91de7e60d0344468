/**
 * One plain page that shows a stack live: it proves the stream. The address names the stack,
 * `/stacks/<region>/<stackName>`, its fragment the token. Strings from AWS are only ever set as text.
 */
import type { ResourceUpdate, StackComplete, StackFrame, TroubleFrame } from "../protocol/stack-frames.ts";
import { follow } from "./follow.ts";

const TOKEN = "stackcast-token";

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
};

/** The token is taken out of the address, so that it is neither copied nor kept in the history with it. */
const token = (): string => {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN) ?? "";
};

const standing = (status: string): string => {
  if (status.endsWith("_FAILED") || status.includes("ROLLBACK")) return "failed";
  return status.endsWith("_IN_PROGRESS") ? "running" : "done";
};

const MARKS: Readonly<Record<string, string>> = { running: "→", done: "✓", failed: "✗" };

const labelled = (target: HTMLElement, status: string): void => {
  const kind = standing(status);
  target.className = kind;
  target.textContent = `${MARKS[kind]} ${status}`;
};

const rows = new Map<string, HTMLTableRowElement>();

const rowOf = (key: string): HTMLTableRowElement => {
  const known = rows.get(key);
  if (known) return known;
  const row = document.createElement("tr");
  for (let cell = 0; cell < 4; cell++) row.append(document.createElement("td"));
  element("resources").append(row);
  rows.set(key, row);
  return row;
};

const showStack = ({ stack }: StackFrame): void => {
  element("name").textContent = stack.name;
  document.title = `${stack.progress}% · ${stack.name}`;
  labelled(element("status"), stack.status);
  element("percent").textContent = `${stack.progress} %`;
  element("progress").setAttribute("value", String(stack.progress));
  element("counts").textContent =
    `${stack.completedResources} of ${stack.totalResources} resources done, ` +
    `${stack.inProgressResources} in progress, ${stack.failedResources} failed`;
};

const showEvent = (text: string): void => {
  const line = document.createElement("li");
  line.textContent = text;
  const list = element("events");
  const following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(line);
  if (following) list.scrollTop = list.scrollHeight;
};

const showResource = ({ timestamp, resource, stack }: ResourceUpdate): void => {
  const own = resource.logicalId === stack.name && resource.type === "AWS::CloudFormation::Stack";
  if (!own) {
    const [path, type, status, reason] = rowOf(`${resource.stackId} ${resource.logicalId}`).cells;
    path!.textContent = resource.path;
    type!.textContent = resource.type;
    labelled(status!, resource.status);
    reason!.textContent = resource.reason;
  }
  const reason = resource.reason ? ` – ${resource.reason}` : "";
  showEvent(`${timestamp.slice(11, 19)} ${resource.status} ${resource.path}${reason}`);
  // How an operation ended is void once the next one begins.
  if (standing(stack.status) !== "running") return;
  element("cause").hidden = true;
  element("outputs").hidden = true;
};

const showEnd = ({ timestamp, outcome, durationSeconds, outputs, cause }: StackComplete): void => {
  showEvent(`${timestamp.slice(11, 19)} ${outcome} after ${Math.round(durationSeconds)} s`);
  element("cause").hidden = !cause;
  element("cause").textContent = cause ? `${cause.path}: ${cause.reason || cause.status}` : "";
  element("outputs").hidden = Object.keys(outputs).length === 0;
  element("outputs").replaceChildren(
    ...Object.entries(outputs).flatMap(([key, value]) => {
      const term = document.createElement("dt");
      const description = document.createElement("dd");
      term.textContent = key;
      description.textContent = value;
      return [term, description];
    }),
  );
};

const notice = (text: string): void => {
  element("notice").hidden = text === "";
  element("notice").textContent = text;
};

const address = /^\/stacks\/([^/]+)\/([^/]+)$/.exec(location.pathname);

if (address) {
  follow(
    { region: address[1]!, stackName: address[2]!, token },
    {
      connection: (state) => (element("connection").textContent = state),
      reset: () => {
        rows.clear();
        element("resources").replaceChildren();
        element("events").replaceChildren();
      },
      frame: (frame: StackFrame) => {
        notice("");
        showStack(frame);
        if (frame.type === "resource_update") showResource(frame);
        else showEnd(frame);
      },
      trouble: ({ error }: TroubleFrame) => notice(`${error.message} (${error.code})`),
    },
  );
} else {
  element("connection").textContent = "";
  notice("Open /stacks/<region>/<stackName>#token=<token> to watch a stack.");
}

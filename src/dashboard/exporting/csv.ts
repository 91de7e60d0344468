/**
 * Tables as CSV (RFC 4180). Spreadsheets run what looks like a formula: texts that begin like one are marked as text,
 * as strings of AWS and of templates come from outside.
 */
import { wordOfResource, type DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { isUnderway } from "../../domain/deployment/resource-node.ts";
import { eventWordsOf } from "../../domain/words/event-words.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";

/** Numbers are written as they are; what is undefined is an empty field. */
type Cell = string | number | undefined;

const FORMULA = /^[=+\-@\t\r]/;

const fieldOf = (cell: Cell): string => {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Lines end with CR LF, the last one too. */
export const csvOf = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(fieldOf).join(",")}\r\n`).join("");

const EVENT_COLUMNS = [
  "offset",
  "timestamp",
  "type",
  "layer",
  "stack",
  "resource",
  "resourceType",
  "physicalId",
  "durationSeconds",
  "level",
  "message",
  "reason",
] as const;

const eventRow = (event: DeploymentFrame): readonly Cell[] => {
  const { offset, timestamp, type, data } = event;
  const resource = "resource" in data ? data.resource : undefined;
  const error = "error" in data ? data.error?.message : undefined;
  const { level, text } = eventWordsOf(event);
  return [
    offset,
    timestamp,
    type,
    "layer" in data ? data.layer : undefined,
    "stack" in data ? data.stack : undefined,
    resource?.name,
    resource?.type,
    resource?.id,
    "durationSeconds" in data ? data.durationSeconds : undefined,
    level,
    text,
    error ?? ("reason" in data ? data.reason : undefined),
  ];
};

/** An event a line, in their order. */
export const csvOfEvents = (events: readonly DeploymentFrame[]): string =>
  csvOf([EVENT_COLUMNS, ...events.map(eventRow)]);

const RESOURCE_COLUMNS = [
  "layer",
  "stack",
  "resource",
  "type",
  "physicalId",
  "status",
  "startTime",
  "endTime",
  "durationSeconds",
] as const;

/** A resource a line, by layer and stack. */
export const csvOfResources = ({ stacks }: DeploymentState): string => {
  const rows = [...stacks.values()]
    .sort((one, other) => one.layer - other.layer)
    .flatMap((stack) =>
      [...stack.resources.values()].map((resource): Cell[] => {
        const { name, type, id, startTime, updatedAt } = resource;
        const status = wordOfResource(resource, stack);
        const endTime = isUnderway(resource) ? undefined : updatedAt;
        const lasted =
          endTime === undefined ? undefined : (Date.parse(endTime) - Date.parse(startTime)) / 1000;
        return [stack.layer, stack.name, name, type, id, status, startTime, endTime, lasted];
      }),
    );
  return csvOf([RESOURCE_COLUMNS, ...rows]);
};

/** What the reader has chosen to see of a deployment's events. */
import { useMemo } from "preact/hooks";
import { setView } from "../address.ts";
import type { LineFilter, LogLine } from "./event-log.ts";

type FiltersProps = Readonly<{ filter: LineFilter; lines: readonly LogLine[] }>;

const stacksNamed = (lines: readonly LogLine[]): readonly string[] =>
  [...new Set(lines.map(({ stack }) => stack))].filter((stack) => stack !== undefined);

export const LogFilters = ({ filter, lines }: FiltersProps) => {
  const named = stacksNamed(lines).join("\n");
  // Hundreds of stacks are not to be drawn again for each event.
  return useMemo(
    () => <Choices filter={filter} stacks={named === "" ? [] : named.split("\n")} />,
    [named, filter.stack, filter.level],
  );
};

const Choices = ({ filter, stacks }: Readonly<{ filter: LineFilter; stacks: readonly string[] }>) => (
  <>
    <select
      class="select compact"
      aria-label="Stack of events"
      value={filter.stack}
      onChange={(event) => setView({ on: event.currentTarget.value })}
    >
      <option value="">All stacks</option>
      {[...new Set([...stacks, ...(filter.stack === "" ? [] : [filter.stack])])].map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
    <select
      class="select compact"
      aria-label="Level of events"
      value={filter.level}
      onChange={(event) => setView({ level: event.currentTarget.value })}
    >
      <option value="">All levels</option>
      <option value="warn">Warnings</option>
      <option value="error">Errors</option>
    </select>
  </>
);

/** What the reader has chosen to see of a deployment's events. */
import { setView } from "../address.ts";
import type { LineFilter } from "./event-log.ts";

type FiltersProps = Readonly<{ filter: LineFilter; stacks: readonly string[] }>;

export const LogFilters = ({ filter, stacks }: FiltersProps) => (
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

/** A deployment's events, live: filtered by the address, followed or paused. */
import type { Signal } from "@preact/signals";
import { queryValue, setView } from "../address.ts";
import { Empty } from "../elements/answer.tsx";
import { lazy } from "../elements/lazy.tsx";
import { EventDetail } from "../log/lazy-event-detail.ts";
import { EventList } from "../log/event-list.tsx";
import { EventRow, type LineTone } from "../log/event-row.tsx";
import { linesWanted, type EventLog, type LineFilter, type LogLine } from "./event-log.ts";

/** Of a run whose events are gone. */
export const NO_RANGE = [0, 0] as const;

const LogFilters = lazy(async () => (await import("./log-filters.tsx")).LogFilters, null);

type LogProps = Readonly<{
  log: EventLog;
  following: Signal<boolean>;
  /** Which offsets belong to what is shown. */
  range: readonly [first: number, last: number] | undefined;
}>;

const levelOf = (text: string): LineFilter["level"] => (text === "warn" || text === "error" ? text : "");

/** All of them, and no copy, where all are within. */
const within = (lines: readonly LogLine[], range: LogProps["range"]): readonly LogLine[] => {
  const [first = 0, last = 0] = [lines[0]?.offset, lines.at(-1)?.offset];
  if (!range || (first >= range[0] && last <= range[1])) return lines;
  return lines.filter(({ offset }) => offset >= range[0] && offset <= range[1]);
};

/** A stack that is skipped is a warning to a log, and none to whoever sees that it is as it should be. */
const toneOf = ({ level, frame }: LogLine): LineTone => (frame.type === "stack_skipped" ? "skipped" : level);

const whole = (line: LogLine): string | undefined => (line.level === "error" ? line.message : undefined);

export const DeploymentLog = ({ log, following, range }: LogProps) => {
  // The lines grow in place: this is what tells that they have.
  const version = log.version.value;
  const filter = { text: queryValue("q"), stack: queryValue("on"), level: levelOf(queryValue("level")) };
  const all = version === 0 ? [] : within(log.lines, range);
  const lines = linesWanted(all, filter);
  const asked = queryValue("event");
  const shown = asked === "" ? undefined : Number(asked);
  const detail = shown === undefined ? undefined : log.lines.find(({ offset }) => offset === shown);
  return (
    <section class="sheet" aria-label="Events">
      <header>
        <h2>
          Events{" "}
          <span class="quiet small">
            {lines.length === all.length ? all.length : `${lines.length} of ${all.length}`}
          </span>
        </h2>
        <div class="toolbar">
          <LogFilters filter={filter} lines={all} />
          <button
            type="button"
            class="button compact"
            aria-pressed={following.value}
            onClick={() => (following.value = !following.value)}
          >
            {following.value ? "Following" : "Paused"}
          </button>
        </div>
      </header>
      {detail && <EventDetail {...detail} told={detail.frame} />}
      {all.length === 0 ? (
        <Empty title={range === NO_RANGE ? "The events of this run are no longer kept" : "No events yet"} />
      ) : (
        <EventList
          label="Events of the deployment"
          lines={lines}
          following={following.value && shown === undefined}
          onFollow={(follow) => {
            following.value = follow;
            if (follow) setView({ event: undefined });
          }}
          shown={shown}
          whole={whole}
        >
          {(line, size) => (
            <EventRow
              key={line.offset}
              offset={line.offset}
              timestamp={line.timestamp}
              tone={toneOf(line)}
              about={line.stack ?? ""}
              message={line.message}
              size={size}
            />
          )}
        </EventList>
      )}
    </section>
  );
};

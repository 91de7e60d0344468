/** A deployment's events, live: filtered by the address, followed or paused. */
import type { Signal } from "@preact/signals";
import { queryValue } from "../address.ts";
import { lazy } from "../elements/lazy.tsx";
import type { LineTone } from "../log/event-row.tsx";
import { LogSheet } from "../log/log-sheet.tsx";
import { linesWanted, type ShownLog, type LineFilter, type LogLine } from "./event-log.ts";

/** Of a run whose events are gone. */
export const NO_RANGE = [0, 0] as const;

const LogFilters = lazy(async () => (await import("./log-filters.tsx")).LogFilters, null);

type LogProps = Readonly<{
  log: ShownLog;
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

const detailOf = ({ message, frame }: LogLine) => ({ message, source: frame });

const textOf = ({ stack = "", message }: LogLine) => ({ about: stack, message });

export const DeploymentLog = ({ log, following, range }: LogProps) => {
  // The lines grow in place: this is what tells that they have.
  const version = log.version.value;
  const filter = { text: queryValue("q"), stack: queryValue("on"), level: levelOf(queryValue("level")) };
  const all = version === 0 ? [] : within(log.lines, range);
  return (
    <LogSheet
      label="Events of the deployment"
      all={all}
      lines={linesWanted(all, filter)}
      version={version}
      known={log.lines}
      following={following}
      empty={range === NO_RANGE ? "The events of this run are no longer kept" : "No events yet"}
      toneOf={toneOf}
      textOf={textOf}
      whole={whole}
      detailOf={detailOf}
    >
      <LogFilters filter={filter} lines={all} />
    </LogSheet>
  );
};

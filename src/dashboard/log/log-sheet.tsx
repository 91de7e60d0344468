/** The events of a channel, live: how many, followed or paused, one whole where the address asks for it, and the list. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { queryValue, setView } from "../address.ts";
import { Empty } from "../elements/answer.tsx";
import { EventList } from "./event-list.tsx";
import { EventRow, type LineTone } from "./event-row.tsx";
import { LazyEventDetail } from "./lazy-event-detail.ts";

type Line = Readonly<{ offset: number; timestamp: string }>;

type SheetProps<Item extends Line> = Readonly<{
  /** What the events are of, to those who hear the page. */
  label: string;
  /** All lines, oldest first, and those that the reader wants to see. */
  all: readonly Item[];
  lines: readonly Item[];
  /** The lines grow in place: this is what says that they have, as equal properties draw nothing again. */
  version: number;
  /** Where a line that the address asks for is found; absent: among all of these. */
  known?: readonly Item[];
  following: Signal<boolean>;
  /** Said where there is no line at all. */
  empty: string;
  toneOf: (line: Item) => LineTone;
  /** What a line is about and what it says. */
  textOf: (line: Item) => Readonly<{ about: string; message: string }>;
  /** See `EventList`. */
  whole: (line: Item) => string | undefined;
  /** The line that the address asks for, as its details show it. */
  detailOf: (line: Item) => Readonly<{ message: string; source: object }>;
  /** What chooses the lines. */
  children?: ComponentChildren;
}>;

export const LogSheet = <Item extends Line>(props: SheetProps<Item>) => {
  const {
    label,
    all,
    lines,
    known = all,
    following,
    empty,
    toneOf,
    textOf,
    whole,
    detailOf,
    children,
  } = props;
  const asked = queryValue("event");
  const shown = asked === "" ? undefined : Number(asked);
  const detail = shown === undefined ? undefined : known.find(({ offset }) => offset === shown);
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
          {children}
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
      {detail && (
        <LazyEventDetail offset={detail.offset} timestamp={detail.timestamp} {...detailOf(detail)} />
      )}
      {all.length === 0 ? (
        <Empty title={empty} />
      ) : (
        <EventList
          label={label}
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
              {...textOf(line)}
              size={size}
            />
          )}
        </EventList>
      )}
    </section>
  );
};

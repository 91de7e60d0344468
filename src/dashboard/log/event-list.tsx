/**
 * A long list of lines in a window: only those in sight are drawn. What failed takes the room that it needs to be read, all
 * else one row. It follows the newest line until its reader scrolls away or pauses it; then nothing moves under the reader's
 * eyes, and a pill counts what has come since.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { SignMark } from "../elements/mark.tsx";
import { LinePlaces } from "./line-places.ts";
import { lineSizeOf, ONE_LINE, type LineSize } from "./line-size.ts";
import { useRoomBelow } from "./use-room-below.ts";

/** A line that a list can show. */
type Line = Readonly<{ offset: number }>;

type ListProps<Item extends Line> = Readonly<{
  label: string;
  /** Oldest first. */
  lines: readonly Item[];
  following: boolean;
  onFollow: (following: boolean) => void;
  /** Offset of the line to bring into sight, once. */
  shown: number | undefined;
  /** The text of a line that is to be shown whole; undefined: it may be cut. The same as long as it answers the same. */
  whole: (line: Item) => string | undefined;
  children: (line: Item, size: LineSize) => ComponentChildren;
}>;

/** Lines drawn beyond either edge. */
const MARGIN_LINES = 12;

/** Pixels from the end within which the reader is at the end. */
const AT_END = 8;

/** Lines that go onto paper: the newest. */
const MOST_PRINTED = 1000;

type Sight = Readonly<{ top: number; height: number; row: number; columns: number }>;

const sightOf = (list: HTMLElement): Sight => ({
  top: list.scrollTop,
  height: list.clientHeight,
  row: Number.parseFloat(getComputedStyle(list).getPropertyValue("--line-row")) || 24,
  columns: Math.floor((list.querySelector(".message")?.clientWidth ?? 0) / characterOf(list)) || 80,
});

/** Pixels that a character is wide, of whatever fixed-width font there is: as the first time shows it. */
const characterOf = (list: HTMLElement): number => {
  const text = list.querySelector("time")?.firstChild;
  if (!text) return USUAL_CHARACTER;
  const range = document.createRange();
  range.selectNode(text);
  return range.getBoundingClientRect().width / (text.textContent?.length ?? 1) || USUAL_CHARACTER;
};

const USUAL_CHARACTER = 7.25;

const isSame = (one: Sight, other: Sight): boolean =>
  one.top === other.top &&
  one.height === other.height &&
  one.row === other.row &&
  one.columns === other.columns;

/** Whether the page is being printed: then there is no window to look through. */
const usePrinting = (): boolean => {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const paper = matchMedia("print");
    const follow = (): void => setPrinting(paper.matches);
    follow();
    paper.addEventListener("change", follow);
    return () => paper.removeEventListener("change", follow);
  }, []);
  return printing;
};

export const EventList = <Item extends Line>({
  label,
  lines,
  following,
  onFollow,
  shown,
  whole,
  children,
}: ListProps<Item>) => {
  const list = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ top: 0, height: 480, row: 24, columns: 80 });
  const seen = useRef(lines.length);
  const printing = usePrinting();
  useRoomBelow(list);
  const count = lines.length;
  const { row, height, columns } = sight;
  const sizeOf = (line: Item): LineSize => {
    const text = whole(line);
    return text === undefined ? ONE_LINE : lineSizeOf(text, { row, columns });
  };
  const rowsOf = useMemo(() => (line: Item) => sizeOf(line).rows, [whole, row, columns]);
  const places = useMemo(() => new LinePlaces<Item>(), []);
  places.place(lines, rowsOf);
  // The end is known before it is scrolled to: new lines are drawn once, and in their place.
  const top = following ? Math.max(0, places.rows * row - height) : sight.top;

  const look = (): void => {
    if (!list.current) return;
    const seenNow = sightOf(list.current);
    setSight((before) => (isSame(before, seenNow) ? before : seenNow));
  };

  useEffect(() => {
    const watched = list.current;
    if (!watched) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !following) return;
    seen.current = count;
    element.scrollTop = element.scrollHeight;
    look();
  }, [count, following, row, height, columns]);

  useLayoutEffect(() => {
    const index = shown === undefined ? -1 : lines.findIndex(({ offset }) => offset === shown);
    const element = list.current;
    if (!element || index === -1) return;
    const place = places.startOf(index) * row;
    if (place >= element.scrollTop && place + row <= element.scrollTop + element.clientHeight) return;
    element.scrollTop = place - element.clientHeight / 2;
    look();
  }, [shown, count > 0, row]);

  const scrolled = (): void => {
    const element = list.current;
    if (!element) return;
    look();
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (following && left > AT_END + row) onFollow(false);
  };

  const first = printing
    ? Math.max(0, count - MOST_PRINTED)
    : Math.max(0, places.lineAt(Math.floor(top / row)) - MARGIN_LINES);
  const last = printing
    ? count
    : Math.min(count, places.lineAt(Math.ceil((top + height) / row)) + 1 + MARGIN_LINES);
  const missed = following ? 0 : Math.max(0, count - seen.current);
  return (
    <div class="log-frame">
      <div
        ref={list}
        class="log"
        role="log"
        aria-live="off"
        aria-label={label}
        // What scrolls can be reached by the keyboard.
        tabIndex={0}
        onScroll={scrolled}
      >
        <div
          class="log-space"
          style={{ height: `${(printing ? places.rows - places.startOf(first) : places.rows) * row}px` }}
        >
          <div
            class="log-rows"
            style={{ transform: printing ? "none" : `translateY(${places.startOf(first) * row}px)` }}
          >
            {lines.slice(first, last).map((line) => children(line, sizeOf(line)))}
          </div>
        </div>
      </div>
      {missed > 0 && (
        <button type="button" class="button primary compact new-events" onClick={() => onFollow(true)}>
          {missed} new {missed === 1 ? "event" : "events"} <SignMark sign="down" />
        </button>
      )}
    </div>
  );
};

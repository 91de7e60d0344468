/**
 * A page of DescribeStackEvents becomes the events on it that were not read before. The hot path of every poll: ids are
 * found by string search, and only the members that turn out to be new are read at all. ResourceProperties, most of a
 * page's bytes and full of secrets, is never read.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { eventKeyOf } from "../../domain/stack/stack-event.ts";
import type { StackEvent } from "../../domain/stack/stack-event.ts";
import { BEGINNING } from "../../domain/stack/operation/unseen.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import type { EventPage } from "./cloudformation.ts";
import { stackEventOf } from "./event-member.ts";
import { badAnswer, plainDocument, unescapedXml } from "../transport/xml-text.ts";

const OPEN = "<member>";
const CLOSE = "</member>";

/** Where a member's inner XML begins and ends. */
type Span = Readonly<{ start: number; end: number }>;

/** A member to be read, and the known event that stands next above it on the page. */
type Member = Span & Readonly<{ precedes: string | undefined }>;

type Unread = Readonly<{ members: readonly Member[]; reachedKnown: boolean }>;

/**
 * Where the member that opens at `open` closes, -1 if it does not. Mostly that is before the `next` opening, found by
 * looking back from there; else it is the last one, or it has a list of its own.
 */
const closeOf = (xml: string, open: number, next: number): number => {
  const beforeNext = next === -1 ? -1 : xml.lastIndexOf(CLOSE, next);
  if (beforeNext > open) return beforeNext;
  let close = xml.indexOf(CLOSE, open);
  let inner = next;
  while (close !== -1 && inner !== -1 && inner < close) {
    close = xml.indexOf(CLOSE, close + CLOSE.length);
    inner = xml.indexOf(OPEN, inner + OPEN.length);
  }
  return close;
};

/** The text of the element whose opening tag stands at `at`, inside of the span; undefined if it is not there. */
const textAt = (xml: string, at: number, tag: string, span: Span): string | undefined => {
  if (at === -1 || at >= span.end) return undefined;
  const start = at + tag.length;
  return unescapedXml(xml.slice(start, xml.indexOf("<", start)));
};

/**
 * The members that are not known and stand above the last known one, which is the lowest on the page: an event that
 * AWS showed late may stand between known ones, but what stands below them all is history from before the cursor.
 * `whole`: the page goes down to the stack's beginning, and the cursor does, too: there is no such history.
 */
const unreadOf = (
  xml: string,
  list: Span,
  known: ReadonlySet<string>,
  whole: boolean,
): Unread | undefined => {
  const members: Member[] = [];
  let reachedKnown = false;
  let precedes: string | undefined;
  let aboveLastKnown = 0;
  // A search for so short a text costs a third of one for the whole tag, and most pages have no hook.
  let hookAt = xml.indexOf("<Hook", list.start) === -1 ? -1 : xml.indexOf("<HookStatus>", list.start);
  let open = xml.indexOf(OPEN, list.start);
  while (open !== -1 && open < list.end) {
    const next = xml.indexOf(OPEN, open + OPEN.length);
    const span = { start: open + OPEN.length, end: closeOf(xml, open, next) };
    if (span.end === -1) return undefined;
    // Moved on rather than searched again, or each member of a page with few hooks would be a search to the page's end.
    if (hookAt !== -1 && hookAt < open) hookAt = xml.indexOf("<HookStatus>", open);
    const eventId = textAt(xml, xml.indexOf("<EventId>", open), "<EventId>", span);
    if (!eventId) return undefined;
    const key = eventKeyOf(eventId, textAt(xml, hookAt, "<HookStatus>", span));
    if (known.has(key)) {
      reachedKnown = true;
      aboveLastKnown = members.length;
      precedes = key;
    } else {
      members.push({ ...span, precedes });
    }
    open = next === -1 || next > span.end ? next : xml.indexOf(OPEN, span.end);
  }
  return { members: reachedKnown && !whole ? members.slice(0, aboveLastKnown) : members, reachedKnown };
};

/**
 * A member's inner XML without its ResourceProperties, as a text of its own: a slice would keep the whole page in
 * memory for as long as any field of the event lives.
 */
const memberText = (xml: string, { start, end }: Span): string => {
  const properties = xml.indexOf("<ResourceProperties>", start);
  if (properties === -1 || properties > end) return ` ${xml.slice(start, end)}`;
  const after = xml.indexOf("</ResourceProperties>", properties);
  if (after === -1 || after > end) return ` ${xml.slice(start, end)}`;
  return ` ${xml.slice(start, properties)}${xml.slice(after + "</ResourceProperties>".length, end)}`;
};

/** The list's inner XML; an empty span where there is no list. */
const listOf = (xml: string): Span => {
  const tag = xml.indexOf("<StackEvents>");
  if (tag === -1) return { start: 0, end: 0 };
  return { start: tag + "<StackEvents>".length, end: xml.lastIndexOf("</StackEvents>") };
};

/** The unseen events of a page, or why it cannot be trusted; `known` holds keys of `eventKeyOf`. */
export const readEventPage = (
  answer: string,
  known: ReadonlySet<string>,
): Result<EventPage, LookupFailure> => {
  const document = plainDocument(answer, "DescribeStackEventsResponse");
  if (!document.ok) return document;
  const xml = document.value;
  const list = listOf(xml);
  if (list.end === -1) return badAnswer("a list of events that does not end");
  const nextToken = textAt(xml, xml.indexOf("<NextToken>", list.end), "<NextToken>", {
    start: list.end,
    end: xml.length,
  });
  const unread = unreadOf(xml, list, known, !nextToken && known.has(BEGINNING));
  if (!unread) return badAnswer("an event without an end or without an id");
  const unseen: StackEvent[] = [];
  for (const member of unread.members) {
    const event = stackEventOf(memberText(xml, member));
    if (!event) return badAnswer("an event without its stack or its time");
    const { precedes } = member;
    unseen.push(precedes === undefined ? event : { ...event, precedes });
  }
  return success({ unseen, reachedKnown: unread.reachedKnown, ...(nextToken && { nextToken }) });
};

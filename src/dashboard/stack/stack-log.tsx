/** A stack's events, live. */
import type { Signal } from "@preact/signals";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { lineOfWords } from "../../domain/words/worded-event.ts";
import { stackWordsOf } from "../../domain/words/stack-words.ts";
import { queryValue, setView } from "../address.ts";
import { Empty } from "../elements/answer.tsx";
import { EventDetail } from "../log/lazy-event-detail.ts";
import { EventList } from "../log/event-list.tsx";
import { EventRow, type LineTone } from "../log/event-row.tsx";
import type { FollowedStack } from "./followed-stack.ts";

const toneOf = (frame: StackFrame): LineTone => stackWordsOf(frame).level;

const whole = (frame: StackFrame): string | undefined => {
  const { level, text } = stackWordsOf(frame);
  return level === "error" ? text : undefined;
};

type LogProps = Readonly<{ followed: FollowedStack; following: Signal<boolean> }>;

export const StackLog = ({ followed, following }: LogProps) => {
  const { offset = 0 } = followed.shown.value ?? {};
  const text = queryValue("q").toLowerCase();
  const all = offset === 0 ? [] : followed.lines;
  const lines =
    text === "" ? all : all.filter((frame) => lineOfWords(stackWordsOf(frame)).toLowerCase().includes(text));
  const asked = queryValue("event");
  const shown = asked === "" ? undefined : Number(asked);
  const detail = all.find((frame) => frame.offset === shown);
  return (
    <section class="sheet" aria-label="Events">
      <header>
        <h2>
          Events{" "}
          <span class="quiet small">
            {lines.length === all.length ? all.length : `${lines.length} of ${all.length}`}
          </span>
        </h2>
        <button
          type="button"
          class="button compact"
          aria-pressed={following.value}
          onClick={() => (following.value = !following.value)}
        >
          {following.value ? "Following" : "Paused"}
        </button>
      </header>
      {detail && (
        <EventDetail
          offset={detail.offset}
          timestamp={detail.timestamp}
          message={lineOfWords(stackWordsOf(detail))}
          told={detail}
        />
      )}
      {all.length === 0 ? (
        <Empty title="No events yet" />
      ) : (
        <EventList
          label="Events of the stack"
          lines={lines}
          following={following.value && shown === undefined}
          onFollow={(follow) => {
            following.value = follow;
            if (follow) setView({ event: undefined });
          }}
          shown={shown}
          whole={whole}
        >
          {(frame, size) => (
            <EventRow
              key={frame.offset}
              offset={frame.offset}
              timestamp={frame.timestamp}
              tone={toneOf(frame)}
              about={stackWordsOf(frame).subject ?? ""}
              message={stackWordsOf(frame).text}
              size={size}
            />
          )}
        </EventList>
      )}
    </section>
  );
};

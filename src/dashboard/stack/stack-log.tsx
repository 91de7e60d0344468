/** A stack's events, live. */
import type { Signal } from "@preact/signals";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { outcomeMeant } from "../../domain/stack/operation/stack-end.ts";
import { isRollbackStatus, standingOf } from "../../domain/stack/statuses.ts";
import { queryValue, setView } from "../address.ts";
import { Empty } from "../elements/answer.tsx";
import { durationText } from "../elements/duration.ts";
import { wordOfStatus } from "../elements/standing.ts";
import { EventDetail } from "../log/lazy-event-detail.ts";
import { EventList } from "../log/event-list.tsx";
import { EventRow, type LineTone } from "../log/event-row.tsx";
import type { FollowedStack } from "./followed-stack.ts";

const messageOf = (frame: StackFrame): string => {
  if (frame.type === "stack_complete")
    return `${wordOfStatus(outcomeMeant(frame))} after ${durationText(frame.durationSeconds)}`;
  const { status, type, reason } = frame.resource;
  return `${status} ${type}${reason === "" ? "" : `: ${reason}`}`;
};

const toneOf = (frame: StackFrame): LineTone => {
  const status = frame.type === "stack_complete" ? frame.stack.status : frame.resource.status;
  if (standingOf(status) === "failed") return "error";
  return isRollbackStatus(status) ? "warn" : "info";
};

const whole = (frame: StackFrame): string | undefined =>
  toneOf(frame) === "error" ? messageOf(frame) : undefined;

const aboutOf = (frame: StackFrame): string =>
  frame.type === "stack_complete" ? frame.stack.name : frame.resource.path;

type LogProps = Readonly<{ followed: FollowedStack; following: Signal<boolean> }>;

export const StackLog = ({ followed, following }: LogProps) => {
  const { offset = 0 } = followed.shown.value ?? {};
  const text = queryValue("q").toLowerCase();
  const all = offset === 0 ? [] : followed.lines;
  const lines =
    text === ""
      ? all
      : all.filter((frame) => `${aboutOf(frame)} ${messageOf(frame)}`.toLowerCase().includes(text));
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
          message={`${aboutOf(detail)}: ${messageOf(detail)}`}
          told={detail}
        />
      )}
      {all.length === 0 ? (
        <Empty title="No event yet" />
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
              about={aboutOf(frame)}
              message={messageOf(frame)}
              size={size}
            />
          )}
        </EventList>
      )}
    </section>
  );
};

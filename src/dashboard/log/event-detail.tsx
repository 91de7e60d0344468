/** One event in full. */
import { setView, viewHref } from "../address.ts";
import { CopyButton } from "../elements/copy-button.tsx";
import { SignMark } from "../elements/mark.tsx";
import { exactText } from "../elements/moment.tsx";

type DetailProps = Readonly<{
  offset: number;
  timestamp: string;
  message: string;
  /** The event as it was sent. */
  source: object;
}>;

export const EventDetail = ({ offset, timestamp, message, source }: DetailProps) => (
  <section class="event-detail" aria-label={`Event ${offset}`}>
    <div class="toolbar">
      <strong class="grow">Event {offset}</strong>
      <CopyButton text={new URL(viewHref({ event: offset }), location.href).href} label="Copy link" />
      <CopyButton text={JSON.stringify(source, undefined, 2)} label="Copy JSON" />
      <button
        type="button"
        class="button plain icon"
        aria-label="Close this event"
        onClick={() => setView({ event: undefined })}
      >
        <SignMark sign="close" />
      </button>
    </div>
    <p class="small quiet">{exactText(timestamp).replace("\n", " · ")}</p>
    <p>{message}</p>
    <details>
      <summary>As JSON</summary>
      {/* A region that scrolls is reached by the keyboard, too. */}
      <pre tabIndex={0}>{JSON.stringify(source, undefined, 2)}</pre>
    </details>
  </section>
);

/** Where notifications go: all destinations, the one that the address names unfolded; for admins alone. */
import { useState } from "preact/hooks";
import type { CreatedDestination, DeliveryList, Destination } from "../../protocol/destinations.ts";
import { success } from "../../protocol/result.ts";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { MarkIcon, SignMark } from "../elements/mark.tsx";
import { claims, mayActAs } from "../session.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { DestinationDetail } from "./destination-detail.tsx";
import { DestinationForm } from "./destination-form.tsx";
import { KIND_NAMES, NOT_USED, STATE_WORDS, targetOf, titleOf } from "./destination-words.ts";
import { destinationsServer } from "./destinations-server.ts";
import { SecretDialog, type GivenSecret } from "./secret-dialog.tsx";
import "./destinations.css";

/** What is asked of the reader at the moment. */
type Sheet =
  | Readonly<{ kind: "new" }>
  | Readonly<{ kind: "change"; destination: Destination }>
  | (Readonly<{ kind: "secret" }> & GivenSecret);

type ItemProps = Readonly<{
  destination: Destination;
  isOpen: boolean;
  onEdit: (destination: Destination) => void;
  onChanged: () => void;
  onRemoved: () => void;
}>;

/** How it goes; of one that works, whether it has ever got anything. */
const Standing = ({ id, state }: Pick<Destination, "id" | "state">) => {
  const isWorking = state === "working";
  const { asked } = useAnswer<DeliveryList | undefined>(
    async () =>
      isWorking ? destinationsServer.deliveries(id, { state: "delivered", limit: 1 }) : success(undefined),
    [id, state],
  );
  const isUnused = isWorking && asked.kind === "ready" && asked.value?.items.length === 0;
  const { standing, word } = isUnused ? NOT_USED : STATE_WORDS[state];
  return (
    <span class={`status ${standing}`}>
      <MarkIcon standing={standing} />
      {word}
    </span>
  );
};

const Item = ({ destination, isOpen, ...handlers }: ItemProps) => {
  const { id, kind, state } = destination;
  return (
    <li class={isOpen ? "destination open" : "destination"}>
      <button
        type="button"
        class="folded-head destination-head"
        aria-expanded={isOpen}
        onClick={() => setView({ destination: isOpen ? undefined : id }, { step: true })}
      >
        <SignMark sign="fold" class={isOpen ? "open" : ""} />
        <span class="tag">{KIND_NAMES[kind]}</span>
        <span class="destination-name">
          <strong>{titleOf(destination)}</strong>
          {destination.name !== undefined && <span class="quiet small">{targetOf(destination)}</span>}
        </span>
        <Standing id={id} state={state} />
      </button>
      {isOpen && <DestinationDetail id={id} {...handlers} />}
    </li>
  );
};

const NotAllowed = () => (
  <section class="sheet">
    <Empty title="Destinations are for admins">
      <p>
        The token of {claims.value?.subject || "this session"} has the role {claims.value?.role ?? "viewer"}.
        Sign in with one of the role admin to see where notifications go, and to change it.
      </p>
    </Empty>
  </section>
);

const ForAdmins = () => {
  const { asked, again } = useAnswer(() => destinationsServer.list(), []);
  const [sheet, setSheet] = useState<Sheet>();
  const [changes, setChanges] = useState(0);
  const open = queryValue("destination");
  const close = (): void => setSheet(undefined);
  const done = (destination: Destination | CreatedDestination): void => {
    again();
    setChanges((before) => before + 1);
    setView({ destination: destination.id });
    if ("secret" in destination && destination.secret !== undefined)
      setSheet({ kind: "secret", secret: destination.secret });
    else close();
  };
  return (
    <>
      <section class="sheet" aria-labelledby="destinations-title">
        <header>
          <h2 id="destinations-title">Where notifications go</h2>
          <button type="button" class="button primary" onClick={() => setSheet({ kind: "new" })}>
            New destination
          </button>
        </header>
        {asked.kind === "loading" && <Loading what="destinations" />}
        {asked.kind === "failed" && (
          <div class="body">
            <FailureNote failure={asked.failure} onRetry={again} />
          </div>
        )}
        {asked.kind === "ready" && asked.value.items.length === 0 && (
          <Empty title="Nobody is notified yet">
            <p>A destination gets the events of deployments: by webhook, Slack, PagerDuty or email.</p>
          </Empty>
        )}
        {asked.kind === "ready" && asked.value.items.length > 0 && (
          <ul class="destinations">
            {asked.value.items.map((destination) => (
              <Item
                key={`${destination.id} ${destination.id === open ? changes : ""}`}
                destination={destination}
                isOpen={destination.id === open}
                onEdit={(chosen) => setSheet({ kind: "change", destination: chosen })}
                onChanged={again}
                onRemoved={() => {
                  setView({ destination: undefined });
                  again();
                }}
              />
            ))}
          </ul>
        )}
      </section>
      {sheet?.kind === "new" && <DestinationForm onClose={close} onDone={done} />}
      {sheet?.kind === "change" && (
        <DestinationForm before={sheet.destination} onClose={close} onDone={done} />
      )}
      {sheet?.kind === "secret" && <SecretDialog given={sheet} onClose={close} />}
    </>
  );
};

export const DestinationsPage = () => {
  usePageStatus("Destinations", "waiting");
  return (
    <div class="page">
      <h1>Destinations</h1>
      {mayActAs("admin") ? <ForAdmins /> : <NotAllowed />}
    </div>
  );
};

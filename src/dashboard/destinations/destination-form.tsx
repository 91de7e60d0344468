/** The form that makes a destination or changes one: the fields of its kind, and which events it gets. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import type { CreatedDestination, Destination, DestinationKind } from "../../protocol/destinations.ts";
import { FailureNote } from "../elements/answer.tsx";
import { Dialog } from "../elements/dialog.tsx";
import {
  changeOf,
  destinationDraftOf,
  emptyDraft,
  requestOf,
  type DestinationDraft,
} from "./destination-draft.ts";
import { KIND_NAMES } from "./destination-words.ts";
import { destinationsServer } from "./destinations-server.ts";
import { EventFields } from "./event-fields.tsx";

type Change = (changes: Partial<DestinationDraft>) => void;

type FieldProps = Readonly<{
  label: string;
  hint?: string | undefined;
  children: (id: string) => ComponentChildren;
}>;

const Field = ({ label, hint, children }: FieldProps) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {hint !== undefined && <p class="quiet small">{hint}</p>}
    </div>
  );
};

type TextFieldProps = Readonly<{
  label: string;
  hint?: string | undefined;
  value: string;
  isAddress?: boolean;
  required?: boolean;
  onText: (text: string) => void;
}>;

const TextField = ({ label, hint, value, isAddress = false, required = false, onText }: TextFieldProps) => (
  <Field label={label} hint={hint}>
    {(id) => (
      <input
        id={id}
        class="input"
        inputMode={isAddress ? "url" : "text"}
        required={required}
        autocomplete="off"
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    )}
  </Field>
);

const ListField = ({ label, hint, value, onText }: TextFieldProps) => (
  <Field label={label} hint={hint}>
    {(id) => (
      <textarea
        id={id}
        class="input"
        rows={2}
        spellcheck={false}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    )}
  </Field>
);

type TargetProps = Readonly<{ draft: DestinationDraft; before: Destination | undefined; change: Change }>;

/** Where it goes: what may not be shown again is asked for only to replace it. */
const TargetFields = ({ draft, before, change }: TargetProps) => {
  const kept = before && "Leave it empty to keep the present one.";
  switch (draft.kind) {
    case "webhook":
    case "slack":
      return (
        <TextField
          label={draft.kind === "slack" ? "Address of the incoming webhook" : "Address"}
          isAddress
          required={!before}
          hint={before?.url === undefined ? kept : `Now ${before.url}. ${kept ?? ""}`}
          value={draft.url}
          onText={(url) => change({ url })}
        />
      );
    case "pagerduty":
      return (
        <>
          <TextField
            label="Integration key"
            required={!before}
            hint={kept ?? "32 characters, of an integration by Events API v2."}
            value={draft.routingKey}
            onText={(routingKey) => change({ routingKey })}
          />
          <TextField
            label="Address of the Events API"
            isAddress
            hint="Only for another service region."
            value={draft.url}
            onText={(url) => change({ url })}
          />
        </>
      );
    case "email":
      return (
        <ListField
          label="To"
          hint="Addresses. Without any, the owner of the deployment."
          value={draft.to}
          onText={(to) => change({ to })}
        />
      );
  }
};

const KINDS = Object.entries(KIND_NAMES) as readonly (readonly [DestinationKind, string])[];

const KindChoice = ({
  kind,
  onKind,
}: Readonly<{ kind: DestinationKind; onKind: (kind: DestinationKind) => void }>) => (
  <fieldset class="choice">
    <legend>Kind</legend>
    {KINDS.map(([value, words]) => (
      <label key={value}>
        <input type="radio" name="kind" checked={value === kind} onChange={() => onKind(value)} />
        <span>{words}</span>
      </label>
    ))}
  </fieldset>
);

const Faults = ({ failure }: Readonly<{ failure: RestFailure }>) => (
  <>
    <FailureNote failure={failure} />
    {failure.details && (
      <ul class="fault small">
        {failure.details.map(({ field, message }) => (
          <li key={field + message}>
            <strong>{field}</strong> {message}
          </li>
        ))}
      </ul>
    )}
  </>
);

type DestinationFormProps = Readonly<{
  /** Absent: a new one is made. */
  before?: Destination | undefined;
  onClose: () => void;
  onDone: (done: Destination | CreatedDestination) => void;
}>;

export const DestinationForm = ({ before, onClose, onDone }: DestinationFormProps) => {
  const [draft, setDraft] = useState(() => (before ? destinationDraftOf(before) : emptyDraft("webhook")));
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<RestFailure>();
  const change: Change = (changes) => setDraft((known) => ({ ...known, ...changes }));
  const send = async (): Promise<void> => {
    setSending(true);
    const answer = await (before
      ? destinationsServer.change(before.id, changeOf(before, draft))
      : destinationsServer.create(requestOf(draft)));
    setSending(false);
    if (answer.ok) onDone(answer.value);
    else setFailure(answer.failure);
  };
  return (
    <Dialog title={before ? "Change destination" : "New destination"} onClose={onClose}>
      <form
        class="body form"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {!before && <KindChoice kind={draft.kind} onKind={(kind) => change({ kind })} />}
        <TargetFields draft={draft} before={before} change={change} />
        <TextField label="Name, for people" value={draft.name} onText={(name) => change({ name })} />
        <EventFields draft={draft} change={change} />
        <ListField
          label="Deployments"
          hint="Patterns such as deployments/shop-*/prod. Without any, all."
          value={draft.channels}
          onText={(channels) => change({ channels })}
        />
        <ListField
          label="Environments"
          hint="Such as prod. Without any, all."
          value={draft.environments}
          onText={(environments) => change({ environments })}
        />
        {failure && <Faults failure={failure} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={sending}>
            {sending ? "Saving …" : before ? "Save" : "Create"}
          </button>
        </div>
      </form>
    </Dialog>
  );
};

/** One destination: how it does, what can be done with it, and what it was sent. */
import { useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import type { Destination, DestinationAnswer } from "../../protocol/destinations.ts";
import type { Result } from "../../protocol/result.ts";
import { FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { Moment } from "../elements/moment.tsx";
import { Deliveries } from "./deliveries.tsx";
import { attemptText, scopeOf, titleOf } from "./destination-words.ts";
import { destinationsServer } from "./destinations-server.ts";
import { SecretDialog, type GivenSecret } from "./secret-dialog.tsx";

const Health = ({ destination }: Readonly<{ destination: DestinationAnswer }>) => {
  const { disabled, failingSince, pending, dead } = destination;
  if (disabled)
    return (
      <p class="note failed">
        <span>
          Disabled <Moment at={disabled.at} />:{" "}
          {disabled.reason === "gone"
            ? "the receiver answered that it is gone (410)."
            : "it accepted nothing for days."}{" "}
          What comes waits until it is enabled; {pending} waiting.
        </span>
      </p>
    );
  if (failingSince !== undefined)
    return (
      <p class="note reverting">
        <span>
          Failing since <Moment at={failingSince} />. {pending} waiting, {dead} given up.
        </span>
      </p>
    );
  return (
    <p class="quiet">
      {pending} waiting, {dead} given up
    </p>
  );
};

const Removal = ({
  destination,
  onClose,
  onRemoved,
}: Readonly<{ destination: Destination; onClose: () => void; onRemoved: () => void }>) => {
  const [failure, setFailure] = useState<RestFailure>();
  const remove = async (): Promise<void> => {
    const answer = await destinationsServer.remove(destination.id);
    // Gone already is as good.
    if (answer.ok || answer.failure.status === 404) onRemoved();
    else setFailure(answer.failure);
  };
  return (
    <Dialog title="Delete destination?" onClose={onClose}>
      <div class="body form">
        <p>
          <strong>{titleOf(destination)}</strong> gets nothing more, and pending messages are lost.
        </p>
        {failure && <FailureNote failure={failure} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Leave it
          </button>
          <button type="button" class="button danger" onClick={() => void remove()}>
            Delete
          </button>
        </div>
      </div>
    </Dialog>
  );
};

type DetailProps = Readonly<{
  id: string;
  onEdit: (destination: Destination) => void;
  /** It stands otherwise, or is gone. */
  onChanged: () => void;
  onRemoved: () => void;
}>;

export const DestinationDetail = ({ id, onEdit, onChanged, onRemoved }: DetailProps) => {
  const { asked, again } = useAnswer(() => destinationsServer.show(id), [id]);
  const [round, setRound] = useState(0);
  const [said, setSaid] = useState("");
  const [failure, setFailure] = useState<RestFailure>();
  const [secret, setSecret] = useState<GivenSecret>();
  const [removing, setRemoving] = useState(false);

  const act = async <Value,>(
    does: Promise<Result<Value, RestFailure>>,
    done: (value: Value) => void,
  ): Promise<void> => {
    setSaid("");
    const answer = await does;
    setFailure(answer.ok ? undefined : answer.failure);
    if (answer.ok) done(answer.value);
    again();
    onChanged();
    setRound((before) => before + 1);
  };

  if (asked.kind === "loading") return <Loading what="the destination" />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  const destination = asked.value;
  const test = (): Promise<void> =>
    act(destinationsServer.test(id), ({ state, attempts }) => {
      const last = attempts.at(-1);
      const what = state === "delivered" ? "The test was delivered" : "The test was not delivered";
      setSaid(last ? `${what}: ${attemptText(last)}` : what);
    });
  return (
    <div class="destination-detail">
      <Health destination={destination} />
      <p class="quiet small">
        {scopeOf(destination)} · made <Moment at={destination.createdAt} />
        {destination.previousSecretUntil !== undefined && (
          <>
            {" "}
            · two secrets sign until <Moment at={destination.previousSecretUntil} still />
          </>
        )}
      </p>
      <div class="toolbar">
        <button type="button" class="button" onClick={() => void test()}>
          Send test
        </button>
        {destination.state !== "working" && (
          <button
            type="button"
            class="button primary"
            onClick={() => void act(destinationsServer.enable(id), () => setSaid("Enabled"))}
          >
            {destination.state === "disabled" ? "Enable" : "Try again now"}
          </button>
        )}
        <button type="button" class="button" onClick={() => onEdit(destination)}>
          Change
        </button>
        {destination.kind === "webhook" && (
          <button
            type="button"
            class="button"
            onClick={() =>
              void act(destinationsServer.rotateSecret(id), (rotated) =>
                setSecret({ secret: rotated.secret, previousUntil: rotated.previousSecretUntil }),
              )
            }
          >
            New secret
          </button>
        )}
        <button type="button" class="button danger" onClick={() => setRemoving(true)}>
          Delete
        </button>
        <span class="quiet" role="status">
          {said}
        </span>
      </div>
      {failure && <FailureNote failure={failure} />}
      <Deliveries id={id} round={round} />
      {secret && <SecretDialog given={secret} onClose={() => setSecret(undefined)} />}
      {removing && (
        <Removal destination={destination} onClose={() => setRemoving(false)} onRemoved={onRemoved} />
      )}
    </div>
  );
};

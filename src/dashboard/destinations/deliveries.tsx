/** What was sent to a destination and what became of it: attempt by attempt, and again if that is wanted. */
import { useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import { success } from "../../protocol/result.ts";
import type { Delivery, DeliveryState } from "../../protocol/destinations.ts";
import { Empty, FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { MarkIcon } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";
import { attemptText, DELIVERY_WORDS } from "./destination-words.ts";
import { destinationsServer } from "./destinations-server.ts";

const STATES = Object.keys(DELIVERY_WORDS) as readonly DeliveryState[];

const Attempts = ({ delivery: { attempts, nextAttemptAt } }: Readonly<{ delivery: Delivery }>) => {
  const last = attempts.at(-1);
  if (!last)
    return (
      <span class="quiet">{nextAttemptAt === undefined ? "none yet" : <Moment at={nextAttemptAt} />}</span>
    );
  return (
    <details class="delivery-attempts">
      <summary>
        {attempts.length} {attempts.length === 1 ? "attempt" : "attempts"}, last {attemptText(last)}
      </summary>
      <ol>
        {attempts.map((attempt) => (
          <li key={attempt.at}>
            <Moment at={attempt.at} still />{" "}
            <span class={attempt.error ? "fault" : ""}>{attemptText(attempt)}</span>
          </li>
        ))}
      </ol>
      {nextAttemptAt !== undefined && (
        <p class="quiet">
          next <Moment at={nextAttemptAt} />
        </p>
      )}
    </details>
  );
};

type RowProps = Readonly<{ id: string; delivery: Delivery; onSent: (failure?: RestFailure) => void }>;

const Row = ({ id, delivery, onSent }: RowProps) => {
  const [sending, setSending] = useState(false);
  const { standing, word } = DELIVERY_WORDS[delivery.state];
  const redeliver = async (): Promise<void> => {
    setSending(true);
    const answer = await destinationsServer.redeliver(id, delivery.messageId);
    setSending(false);
    onSent(answer.ok ? undefined : answer.failure);
  };
  return (
    <tr>
      <td>
        <span class={`status ${standing}`}>
          <MarkIcon standing={standing} />
          {word}
        </span>
      </td>
      <td>
        <div class="delivery-event">
          {delivery.type.replaceAll("_", " ")}
          <span class="quiet small">{delivery.channel?.replace("deployments/", "") ?? "a test"}</span>
        </div>
      </td>
      <td class="quiet">
        <Moment at={delivery.createdAt} />
      </td>
      <td>
        <Attempts delivery={delivery} />
      </td>
      <td class="number">
        <button type="button" class="button compact" disabled={sending} onClick={() => void redeliver()}>
          {sending ? "Sending …" : "Send again"}
        </button>
      </td>
    </tr>
  );
};

/** `round` changes when something has been sent, and the list is to be asked for again. */
export const Deliveries = ({ id, round }: Readonly<{ id: string; round: number }>) => {
  const [state, setState] = useState<DeliveryState>();
  const [older, setOlder] = useState<readonly Delivery[]>([]);
  const [cursor, setCursor] = useState<string>();
  const [failure, setFailure] = useState<RestFailure>();
  const { asked, again } = useAnswer(async () => {
    const answer = await destinationsServer.deliveries(id, { ...(state && { state }) });
    if (!answer.ok) return answer;
    setOlder([]);
    setCursor(answer.value.nextCursor);
    return success(answer.value.items);
  }, [id, state, round]);
  const more = async (): Promise<void> => {
    const answer = await destinationsServer.deliveries(id, {
      ...(state && { state }),
      ...(cursor && { cursor }),
    });
    if (!answer.ok) return setFailure(answer.failure);
    setOlder([...older, ...answer.value.items]);
    setCursor(answer.value.nextCursor);
  };
  const sent = (refused?: RestFailure): void => {
    setFailure(refused);
    again();
  };
  return (
    <section class="destination-deliveries" aria-label="Deliveries">
      <div class="toolbar">
        <h3>Deliveries</h3>
        <div class="filters" role="group" aria-label="Deliveries by state">
          {STATES.map((each) => (
            <button
              key={each}
              type="button"
              class="button compact"
              aria-pressed={each === state}
              onClick={() => setState(each === state ? undefined : each)}
            >
              {DELIVERY_WORDS[each].word}
            </button>
          ))}
        </div>
        <button type="button" class="button compact" onClick={again}>
          Refresh
        </button>
      </div>
      {failure && <FailureNote failure={failure} />}
      {asked.kind === "loading" && <Loading what="deliveries" />}
      {asked.kind === "failed" && <FailureNote failure={asked.failure} onRetry={again} />}
      {asked.kind === "ready" &&
        (asked.value.length === 0 ? (
          <Empty title="Not used yet">
            <p>{state ? "No delivery has this state." : "Send a test, or wait for the first event."}</p>
          </Empty>
        ) : (
          <div class="destination-scroll" role="region" tabIndex={0} aria-label="Table of deliveries">
            <table>
              <thead>
                <tr>
                  <th scope="col">State</th>
                  <th scope="col">Event</th>
                  <th scope="col">Came</th>
                  <th scope="col">Attempts</th>
                  <th scope="col">
                    <span class="visually-hidden">Send again</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {[...asked.value, ...older].map((delivery) => (
                  <Row key={delivery.messageId} id={id} delivery={delivery} onSent={sent} />
                ))}
              </tbody>
            </table>
          </div>
        ))}
      {cursor !== undefined && asked.kind === "ready" && (
        <button type="button" class="button compact delivery-more" onClick={() => void more()}>
          Older
        </button>
      )}
    </section>
  );
};

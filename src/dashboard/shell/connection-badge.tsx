/** Live, reconnecting with the age of what is shown, or stopped with a way back: a word and a mark, never a colour alone. */
import { now } from "../clock.ts";
import { durationText } from "../../domain/words/durations.ts";
import { MarkIcon } from "../elements/mark.tsx";
import { shownConnection, type Recovery, type ShownConnection } from "./live-connection.ts";

const recoveryText = ({ missed }: Recovery): string => {
  if (missed === undefined) return "Reconnected: reloaded everything";
  if (missed === 0) return "Reconnected: nothing was missed";
  return `Caught up: ${missed} ${missed === 1 ? "event" : "events"}, nothing lost`;
};

const Badge = ({ connection, reconnect }: ShownConnection) => {
  const state = connection.state.value;
  const lostAt = connection.lostAt.value;
  const recovery = connection.recovery.value;
  if (state.kind === "stopped")
    return (
      <>
        <span class="status failed">
          <MarkIcon standing="failed" />
          <span>Stopped: {state.reason || `code ${state.code}`}</span>
        </span>
        <button type="button" class="button compact" onClick={reconnect}>
          Reconnect
        </button>
      </>
    );
  if (lostAt !== undefined)
    return (
      <span class="status reverting">
        <MarkIcon standing="reverting" />
        <span>
          {state.kind === "live" ? "Catching up" : "Reconnecting"}{" "}
          <span class="age">as of {durationText((now.value - lostAt) / 1000)} ago</span>
        </span>
      </span>
    );
  if (state.kind === "reconnecting")
    return (
      <span class="status waiting">
        <MarkIcon standing="running" />
        <span>{state.failures > 1 ? "Cannot connect, trying again" : "Connecting"}</span>
      </span>
    );
  return (
    <span class="status done">
      <span class="pulse" aria-hidden="true" />
      <span>{recovery ? recoveryText(recovery) : "Live"}</span>
    </span>
  );
};

export const ConnectionBadge = () => (
  <div class="connection" id="connection" role="status" aria-label="Connection">
    {shownConnection.value && <Badge {...shownConnection.value} />}
  </div>
);

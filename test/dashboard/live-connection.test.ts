import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LiveConnection } from "../../src/dashboard/shell/live-connection.ts";

const LIVE = { kind: "live" } as const;
const LOST = { kind: "reconnecting", since: 0, failures: 1 } as const;

describe("what is said of a connection", () => {
  let refusals: number;
  let connection: LiveConnection;

  const said = () => ({
    state: connection.state.value.kind,
    isOld: connection.lostAt.value !== undefined,
    recovery: connection.recovery.value,
  });

  beforeEach(() => {
    vi.useFakeTimers();
    refusals = 0;
    connection = new LiveConnection(() => (refusals += 1));
  });

  afterEach(() => vi.useRealTimers());

  test("nothing is old before there was anything", () => {
    connection.onState(LOST);
    expect(said()).toEqual({ state: "reconnecting", isOld: false, recovery: undefined });
  });

  test("what is shown is old from the loss until all that was missed is there, not until the socket is open", () => {
    connection.onState(LIVE);
    connection.restarted();
    connection.onState(LOST);
    expect(said()).toEqual({ state: "reconnecting", isOld: true, recovery: undefined });
    connection.onState(LIVE);
    expect(said()).toEqual({ state: "live", isOld: true, recovery: undefined });
    connection.resumed(10, 24);
    connection.reached(23);
    expect(said()).toEqual({ state: "live", isOld: true, recovery: undefined });
    connection.reached(24);
    expect(said()).toEqual({ state: "live", isOld: false, recovery: { missed: 14 } });
  });

  test("its age counts from the first loss, however often it is lost again", () => {
    connection.onState(LIVE);
    connection.onState(LOST);
    const lostAt = connection.lostAt.value;
    vi.advanceTimersByTime(5000);
    connection.onState(LIVE);
    connection.onState(LOST);
    expect(connection.lostAt.value).toBe(lostAt);
  });

  test("nothing missed is said, and so is what could not be resumed", () => {
    connection.onState(LIVE);
    connection.onState(LOST);
    connection.onState(LIVE);
    connection.resumed(24, 24);
    expect(said().recovery).toEqual({ missed: 0 });
    connection.onState(LOST);
    connection.onState(LIVE);
    connection.restarted();
    expect(said()).toEqual({ state: "live", isOld: false, recovery: { missed: undefined } });
  });

  test("a recovery is not said for ever, and not at the beginning", () => {
    connection.onState(LIVE);
    connection.resumed(0, 5);
    connection.reached(5);
    expect(said().recovery).toBeUndefined();
    connection.onState(LOST);
    connection.onState(LIVE);
    connection.resumed(5, 6);
    connection.reached(6);
    expect(said().recovery).toEqual({ missed: 1 });
    vi.advanceTimersByTime(60_000);
    expect(said().recovery).toBeUndefined();
  });

  test("another token is asked for when the server closes for its sake, and for nothing else", () => {
    for (const code of [4001, 4401, 4403, 4400, 1000])
      connection.onState({ kind: "stopped", code, reason: "" });
    expect(refusals).toBe(2);
  });
});

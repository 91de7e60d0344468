/**
 * What can honestly be said of a connection: that it is live, since when it is not, and whether anything was lost once it
 * is live again. The header shows the one of the page at hand.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import type { ConnectionState } from "../../client/connection/connection-state.ts";

/** What coming back brought. */
export type Recovery = Readonly<{
  /** Events that had been missed; undefined: what was there before could not be resumed, and was loaded again. */
  missed: number | undefined;
}>;

/** Whether another token would open what this code has closed. */
const isForToken = (code: number): boolean => code === CLOSE.tokenExpired || code === CLOSE.badToken;

export class LiveConnection {
  readonly #state = signal<ConnectionState>({ kind: "reconnecting", since: Date.now(), failures: 0 });
  readonly #recovery = signal<Recovery | undefined>(undefined);
  readonly #lostAt = signal<number | undefined>(undefined);
  readonly #wasLive = signal(false);
  /** Head of the channel that has to be reached before all that was missed is there. */
  #awaitedHead: number | undefined;
  #missed = 0;
  readonly #onTokenRefused: () => void;
  #forget: ReturnType<typeof setTimeout> | undefined;

  /** `onTokenRefused`: only another token would open it again. */
  constructor(onTokenRefused: () => void) {
    this.#onTokenRefused = onTokenRefused;
  }

  get state(): ReadonlySignal<ConnectionState> {
    return this.#state;
  }

  /** Shown for a while after the connection came back. */
  get recovery(): ReadonlySignal<Recovery | undefined> {
    return this.#recovery;
  }

  /** Since when what is shown may be old; undefined: it is live. Milliseconds of the epoch. */
  get lostAt(): ReadonlySignal<number | undefined> {
    return this.#lostAt;
  }

  /** Whether there was ever anything to lose. */
  get wasLive(): ReadonlySignal<boolean> {
    return this.#wasLive;
  }

  /** The socket's own word. */
  readonly onState = (state: ConnectionState): void => {
    if (state.kind === "stopped" && isForToken(state.code)) this.#onTokenRefused();
    this.#state.value = state;
    if (state.kind === "live") this.#wasLive.value = true;
    // A socket that is open has not yet brought what was missed: until then what is shown is as old as before.
    else if (this.#wasLive.value) this.#lostAt.value ??= Date.now();
  };

  /** The channel goes on after `last`, and what was missed up to `head` follows. */
  resumed(last: number, head: number): void {
    if (this.#lostAt.value === undefined) return;
    this.#awaitedHead = head;
    this.#missed = Math.max(0, head - last);
    this.reached(last);
  }

  /** Events up to this offset are there. */
  reached(offset: number): void {
    if (this.#awaitedHead === undefined || offset < this.#awaitedHead) return;
    this.#awaitedHead = undefined;
    this.#recovered({ missed: this.#missed });
  }

  /** The channel could not be resumed: all of it is sent again. */
  restarted(): void {
    this.#awaitedHead = undefined;
    if (this.#lostAt.value !== undefined) this.#recovered({ missed: undefined });
  }

  #recovered(recovery: Recovery): void {
    this.#lostAt.value = undefined;
    this.#recovery.value = recovery;
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => (this.#recovery.value = undefined), RECOVERY_SHOWN_MS);
  }
}

const RECOVERY_SHOWN_MS = 8000;

/** Of the page at hand: its connection, and what makes it again. */
export type ShownConnection = Readonly<{ connection: LiveConnection; reconnect: () => void }>;

/** Undefined: the page needs none. */
export const shownConnection = signal<ShownConnection | undefined>(undefined);

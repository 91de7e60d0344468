/**
 * A socket that comes back: opens with a fresh token, tells a dead connection from a silent one, waits longer after each
 * failure, and stops where coming back is useless. It knows nothing of channels.
 */
import { CLOSE, reconnectsAfter } from "../../protocol/connection/close-codes.ts";
import { PING, PONG, SUBPROTOCOL } from "../../protocol/connection/connection.ts";
import type { Disconnect } from "../../protocol/connection/control-frames.ts";
import { backoffMs } from "../../domain/backoff.ts";
import { spreadWaitMs } from "../../domain/spread.ts";
import { CONNECTION_PATIENCE, type ConnectionState, type Patience } from "./connection-state.ts";
import { Heartbeat } from "./heartbeat.ts";
import { after, afterTurn, type Fetch } from "./platform.ts";
import { upgradeRefusalOf } from "./refused-upgrade.ts";
import { openSocket, type Socket } from "./socket.ts";
import { TokenRenewal } from "./token-renewal.ts";

/** Gives the token for the next attempt; none where the server asks for none. */
export type TokenProvider = () => string | undefined | Promise<string | undefined>;

/** What a caller decides about a connection. */
export type ConnectionOptions = Readonly<{
  token?: TokenProvider;
  /** Gives a ticket for each attempt, which goes into its address in place of the token. */
  ticket?: TokenProvider;
  /** Called at once and at every change. */
  onState?: (state: ConnectionState) => void;
  patience?: Partial<Patience>;
  /** In [0, 1). */
  random?: () => number;
  fetch?: Fetch;
}>;

type Ends = Readonly<{
  /** Address of the next attempt, as `ws:` or `wss:`. */
  address: () => string;
  opened: () => void;
  frame: (text: string) => void;
  lost: () => void;
}>;

type Attempt = Readonly<{ address: string; protocols: readonly string[] }>;

/** Without a ticket the attempt is refused, and why is then found out. */
const withTicket = (address: string, ticket: string | undefined): string =>
  ticket === undefined
    ? address
    : `${address}${address.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(ticket)}`;

/** One socket at a time, from the first attempt until `close`. */
export class Connection {
  readonly patience: Patience;
  readonly #ends: Ends;
  readonly #options: ConnectionOptions;
  readonly #heartbeat: Heartbeat;
  readonly #renewal: TokenRenewal;
  /** Of the newest attempt; absent until it is prepared. */
  #socket: Socket | undefined;
  #state: ConnectionState = { kind: "reconnecting", since: Date.now(), failures: 0 };
  /** Of the newest attempt. */
  #token: string | undefined;
  #attempts = 0;
  #failures = 0;
  #retryAfterMs = 0;
  /** Within how many milliseconds clients come back that have lost the same server at once. */
  #spreadMs = 0;
  /** Whether the newest attempt has opened. */
  #opened = false;
  /** A token that has expired or was refused: trying it again is useless. */
  #spent: Readonly<{ token: string; code: number; reason: string }> | undefined;
  /** A token that was refused is replaced once. */
  #tokenReplaced = false;
  #endWaiting: (() => void) | undefined;
  #cancelUptime: (() => void) | undefined;

  constructor(ends: Ends, options: ConnectionOptions) {
    this.#ends = ends;
    this.#options = options;
    this.patience = { ...CONNECTION_PATIENCE, ...options.patience };
    this.#heartbeat = new Heartbeat(
      this.patience,
      () => this.send(PING),
      () => this.restart(),
    );
    this.#renewal = new TokenRenewal(
      () => options.token?.(),
      (token) => this.send(JSON.stringify({ action: "auth", token })),
    );
    options.onState?.(this.#state);
    // Whoever makes a connection is called back only after its constructor has returned.
    afterTurn(() => void this.#connect());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get #isStopped(): boolean {
    return this.#state.kind === "stopped";
  }

  /** Sent if the connection is open, else forgotten: whoever needs it says it again once it is. */
  send(text: string): void {
    if (this.#opened && this.#state.kind === "live") this.#socket?.send(text);
  }

  /** Ends a wait for the next attempt, as when the network has come back. */
  hurry(): void {
    this.#endWaiting?.();
  }

  /** Gives this connection up for another. */
  restart(): void {
    // Without a socket the next attempt is already on its way.
    this.#socket?.close();
  }

  /** The server has said why it closes; its close itself may take long. */
  disconnected({ code, reason, reconnect, retryAfterMs = 0 }: Disconnect): void {
    this.#retryAfterMs = retryAfterMs;
    if (reconnect || code === CLOSE.badToken ? this.#goesOnAfter(code, reason) : this.#stop(code, reason))
      this.restart();
  }

  /** Closes for good. */
  close(): void {
    this.#stop(1000, "closed");
  }

  /** Begins the next attempt; one whose token, ticket or address cannot be had is lost like any other. */
  async #connect(): Promise<void> {
    if (this.#isStopped) return;
    try {
      const { address, protocols } = await this.#prepared();
      if (this.#isStopped) return;
      this.#socket = openSocket(address, protocols, this.patience.answerWithinMs, {
        opened: () => this.#open(),
        message: (data) => this.#receive(data),
        closed: (code, reason) => {
          this.#socket = undefined;
          if (this.#goesOnAfter(code, reason)) this.#again();
        },
      });
    } catch {
      if (!this.#isStopped) this.#again();
    }
  }

  #again(): void {
    this.#lost();
    void this.#connect();
  }

  /** Waits its turn and fetches what the next attempt needs. */
  async #prepared(): Promise<Attempt> {
    if (this.#attempts++ > 0) await this.#turn();
    const unopened = this.#attempts > 1 && !this.#opened;
    this.#opened = false;
    const token = await this.#options.token?.();
    this.#token = token;
    if (this.#spent && this.#spent.token === token) this.#stop(this.#spent.code, this.#spent.reason);
    const address = this.#ends.address();
    if (unopened && this.#state.kind !== "stopped") {
      const refusal = await upgradeRefusalOf(
        address,
        token,
        this.patience.answerWithinMs,
        this.#options.fetch,
      );
      if (refusal) this.#stop(refusal.code, refusal.reason);
    }
    if (this.#options.ticket && this.state.kind !== "stopped") {
      const ticket = await this.#options.ticket();
      return { address: withTicket(address, ticket), protocols: [SUBPROTOCOL] };
    }
    return { address, protocols: token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, `bearer.${token}`] };
  }

  #turn(): Promise<void> {
    const { backoffBaseMs: baseMs, backoffMaxMs: maxMs } = this.patience;
    const random = (this.#options.random ?? Math.random)();
    const wait =
      this.#retryAfterMs +
      spreadWaitMs(this.#spreadMs, random) +
      backoffMs(this.#failures++, random, { baseMs, maxMs });
    this.#retryAfterMs = 0;
    this.#spreadMs = 0;
    return new Promise((resolve) => {
      const cancel = after(wait, resolve);
      this.#endWaiting = () => {
        cancel();
        resolve();
      };
    });
  }

  #open(): void {
    this.#opened = true;
    this.#cancelUptime = after(this.patience.uptimeMs, () => (this.#failures = 0));
    this.#heartbeat.heard();
    if (this.#token !== undefined) this.#renewal.start(this.#token);
    this.#tell({ kind: "live" });
    this.#ends.opened();
  }

  #receive(data: unknown): void {
    this.#heartbeat.heard();
    if (typeof data === "string" && data !== PONG) this.#ends.frame(data);
  }

  /** A token that served is no longer the one that was refused. `spreadMs`: as the server has said it, for the next loss. */
  accepted(spreadMs = 0): void {
    this.#tokenReplaced = false;
    this.#spreadMs = spreadMs;
  }

  #goesOnAfter(code: number, reason: string): boolean {
    if (this.#state.kind === "stopped") return false;
    if (this.#token !== undefined && (code === CLOSE.tokenExpired || code === CLOSE.badToken))
      this.#spent = { token: this.#token, code, reason };
    if (reconnectsAfter(code)) return true;
    if (code === CLOSE.badToken && !this.#tokenReplaced) return (this.#tokenReplaced = true);
    return this.#stop(code, reason);
  }

  #stop(code: number, reason: string): false {
    if (this.#state.kind === "stopped") return false;
    this.#tell({ kind: "stopped", code, reason });
    this.#endWaiting?.();
    this.#socket?.close();
    this.#lost();
    return false;
  }

  #lost(): void {
    this.#heartbeat.stop();
    this.#renewal.stop();
    this.#cancelUptime?.();
    this.#ends.lost();
    if (this.#state.kind === "stopped") return;
    const since = this.#state.kind === "reconnecting" ? this.#state.since : Date.now();
    this.#tell({ kind: "reconnecting", since, failures: this.#failures });
  }

  #tell(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

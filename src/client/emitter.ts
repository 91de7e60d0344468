/**
 * The seeds' ProgressEventEmitter for orchestrators: tells local listeners, logs, and posts to Stackcast in order and in
 * batches, again and again until it arrives. It never throws into the deployment and never makes it wait.
 */
import type { IngestReport } from "../protocol/deployment/deployment-requests.ts";
import { backoffMs, type Backoff } from "../domain/backoff.ts";
import { refusalVerdictOn, type DeliveryNotice } from "./delivery.ts";
import { EventOutbox, type Letter } from "./outbox.ts";
import { after, uniqueId } from "./connection/platform.ts";
import { envelopeOf, isTransient, logLevelOf, type LogLevel, type ProgressEvent } from "./progress-event.ts";
import type { RestFailure, RestOptions } from "./rest-call.ts";
import { restClient, type RestClient } from "./rest.ts";

const BACKOFF: Backoff = { baseMs: 500, maxMs: 30_000 };

type Logger = Readonly<Record<LogLevel, (line: string) => void>>;

export type EmitterOptions = RestOptions &
  Readonly<{
    /** Absent: nothing is logged. `console` will do. */
    logger?: Logger;
    /** How long an event waits for others to travel with. */
    batchAfterMs?: number;
    /** Most events of a request. */
    batchSize?: number;
    /** Events that may wait. */
    bufferSize?: number;
    /** How long `close` waits for what is on its way. */
    closeWithinMs?: number;
    backoff?: Backoff;
    /** In [0, 1). */
    random?: () => number;
  }>;

/** What the server takes in one request; bytes are counted as if every character took three. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 300_000;

type Listeners = Map<string, Set<(event: ProgressEvent) => void>>;

export class ProgressEventEmitter {
  readonly #options: EmitterOptions;
  readonly #rest: RestClient;
  readonly #outbox: EventOutbox;
  readonly #listeners: Listeners = new Map();
  readonly #watchers = new Set<(notice: DeliveryNotice) => void>();
  /** Notified when nothing waits any more, or when the emitter is closed. */
  readonly #idle = new Set<() => void>();
  readonly #batchSize: number;
  /** Most events of the next request; a refused request is divided to find what is wrong with it. */
  #portion: number;
  #failures = 0;
  #posting = false;
  #full = false;
  #closed = false;
  #cancelWait: (() => void) | undefined;

  constructor(options: EmitterOptions) {
    this.#options = options;
    this.#rest = restClient(options);
    this.#outbox = new EventOutbox(options.bufferSize ?? 10_000);
    this.#batchSize = this.#portion = Math.min(MOST_EVENTS, options.batchSize ?? MOST_EVENTS);
  }

  /** Events that have not arrived yet. */
  get waiting(): number {
    return this.#outbox.size;
  }

  /** Tells an event; returns at once, whatever becomes of it. */
  emitProgress(event: ProgressEvent): void {
    this.#guard(() => this.#log(logLevelOf(event.type), `${event.type}: ${JSON.stringify(event.data)}`));
    for (const listener of this.#listeners.get(event.type) ?? []) this.#guard(() => listener(event));
    const id = event.id ?? uniqueId();
    try {
      this.#enqueue({
        id,
        type: event.type,
        deploymentId: event.deploymentId,
        environment: event.data.environment,
        text: JSON.stringify(envelopeOf(event, id)),
        transient: isTransient(event.type),
      });
    } catch (error) {
      this.#tell({
        kind: "dropped",
        id,
        type: event.type,
        reason: `It cannot be written down: ${String(error)}`,
      });
    }
  }

  /** Listens to events of a type, as soon as they are emitted. */
  on(type: string, listener: (event: ProgressEvent) => void): this {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return this;
  }

  off(type: string, listener: (event: ProgressEvent) => void): this {
    this.#listeners.get(type)?.delete(listener);
    return this;
  }

  /** Listens to what becomes of the events; what is returned ends it. */
  onDelivery(watcher: (notice: DeliveryNotice) => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Sends what waits without waiting for more; resolves to how many events had not arrived in time. */
  async flush(withinMs = this.#options.closeWithinMs ?? 10_000): Promise<number> {
    if (this.#outbox.size === 0 || this.#closed) return this.#outbox.size;
    if (this.#failures === 0) this.#postSoon(0);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        this.#idle.delete(done);
        resolve();
      };
      const cancel = after(withinMs, done);
      this.#idle.add(done);
    });
    return this.#outbox.size;
  }

  /** Sends what waits, and then nothing more; resolves to how many events have not arrived. Call it when all is done. */
  async close(withinMs?: number): Promise<number> {
    const left = await this.flush(withinMs);
    this.#closed = true;
    this.#cancelWait?.();
    if (left > 0) this.#guard(() => this.#log("error", `${left} events have not reached Stackcast`));
    return left;
  }

  #enqueue(letter: Letter): void {
    if (this.#closed) {
      this.#tell({ kind: "dropped", id: letter.id, type: letter.type, reason: "The emitter is closed" });
      return;
    }
    const { dropped, full } = this.#outbox.add(letter);
    if (dropped) this.#tell({ kind: "dropped", id: dropped.id, type: dropped.type, reason: "No room" });
    if (full && !this.#full) this.#tell({ kind: "full", waiting: this.#outbox.size });
    this.#full ||= full;
    if (this.#failures > 0) return;
    const now = this.#outbox.size >= this.#batchSize;
    if (now || !this.#cancelWait) this.#postSoon(now ? 0 : (this.#options.batchAfterMs ?? 250));
  }

  #postSoon(ms: number): void {
    if (this.#posting || this.#closed) return;
    this.#cancelWait?.();
    this.#cancelWait = after(ms, () => {
      this.#cancelWait = undefined;
      this.#post().catch((error: unknown) => {
        // No answer may stop the way for those that follow.
        this.#posting = false;
        this.#failed([], { code: "BAD_ANSWER", message: String(error) });
      });
    });
  }

  async #post(): Promise<void> {
    const letters = this.#outbox.next({ events: this.#portion, characters: MOST_CHARACTERS });
    const [first] = letters;
    if (!first) return;
    this.#posting = true;
    const text = `[${letters.map((letter) => letter.text).join(",")}]`;
    const report = await this.#rest.deployments.ingest(first, text);
    this.#posting = false;
    if (report.ok) this.#arrived(letters, report.value);
    else this.#failed(letters, report.failure);
  }

  #arrived(letters: readonly Letter[], { results }: IngestReport): void {
    const refused = results.flatMap(({ id, type, outcome, error }) =>
      outcome === "refused" ? [{ id, type, code: error?.code ?? "", message: error?.message ?? "" }] : [],
    );
    this.#outbox.remove(letters);
    this.#failures = 0;
    this.#portion = Math.min(this.#batchSize, this.#portion * 2);
    this.#tell({ kind: "delivered", events: letters.length, refused });
    this.#goOn();
  }

  #failed(letters: readonly Letter[], failure: RestFailure): void {
    if (refusalVerdictOn(failure) === "divide") {
      const [only, ...others] = letters;
      if (others.length > 0) {
        this.#outbox.release();
        this.#portion = Math.ceil(letters.length / 2);
      } else if (only) {
        this.#outbox.remove(letters);
        this.#tell({
          kind: "dropped",
          id: only.id,
          type: only.type,
          reason: `${failure.code}: ${failure.message}`,
        });
      }
      return this.#goOn();
    }
    this.#outbox.release();
    const { backoff = BACKOFF, random = Math.random } = this.#options;
    const wait = (failure.retryAfterMs ?? 0) + backoffMs(this.#failures++, random(), backoff);
    this.#tell({ kind: "delayed", failure, failures: this.#failures, waiting: this.#outbox.size });
    this.#postSoon(wait);
  }

  #goOn(): void {
    if (this.#outbox.size > 0) return this.#postSoon(0);
    this.#full = false;
    for (const done of this.#idle) done();
  }

  #tell(notice: DeliveryNotice): void {
    this.#guard(() => this.#logNotice(notice));
    for (const watcher of this.#watchers) this.#guard(() => watcher(notice));
  }

  #logNotice(notice: DeliveryNotice): void {
    switch (notice.kind) {
      case "delivered":
        for (const { type, code, message } of notice.refused)
          this.#log("warn", `${type} was refused: ${code}: ${message}`);
        return;
      case "delayed":
        return this.#log("warn", `${notice.waiting} events wait: ${notice.failure.message}`);
      case "dropped":
        return this.#log("warn", `${notice.type} was dropped: ${notice.reason}`);
      case "full":
        return this.#log("warn", `${notice.waiting} events wait, more than there should be`);
    }
  }

  #log(level: LogLevel, line: string): void {
    this.#options.logger?.[level](line);
  }

  /** Runs what others wrote: their faults are not the deployment's. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (this.#options.logger === undefined) return;
      try {
        this.#log("error", `A listener failed: ${String(error)}`);
      } catch {
        // A logger that fails cannot be reported.
      }
    }
  }
}

/**
 * The rows of a list, live: the first ones come by the list's channel, then those that change; older ones are asked for by
 * pages when they are wanted. Nothing is asked for again, but after a reconnect, when the list comes again.
 */
import { batch, signal, type ReadonlySignal } from "@preact/signals";
import type { ListFrame } from "../../client/connection/server-frame.ts";
import type { RestFailure } from "../../client/rest-call.ts";
import { openStream, type Stream } from "../../client/stream.ts";
import type { ListChannel } from "../../protocol/connection/list-channels.ts";
import type { Result } from "../../protocol/result.ts";
import { onceAFrame } from "../once-a-frame.ts";
import { socketAccess } from "../server.ts";
import { refuseTokenNow } from "../session.ts";
import { LiveConnection } from "../shell/live-connection.ts";

type Query = Readonly<Record<string, string>>;

type Page<Row> = Readonly<{ items: readonly Row[]; nextCursor?: string | undefined }>;

export type ListSource<Row> = Readonly<{
  channel: ListChannel;
  /** What a row is known by, as `gone` of the frames names it. */
  nameOf: (row: Row) => string;
  /** What rows are sorted by: the greatest first. */
  orderOf: (row: Row) => string;
  /** Rows of the first page. */
  first: Query;
  page: (query: Query, cursor: string) => Promise<Result<Page<Row>, RestFailure>>;
  /** The rows, or what a follower of them knows, are others now. */
  onChange?: () => void;
}>;

export class LiveRows<Row> {
  readonly connection = new LiveConnection(refuseTokenNow);
  readonly #source: ListSource<Row>;
  readonly #rows = signal<readonly Row[] | undefined>(undefined);
  readonly #failure = signal<RestFailure | undefined>(undefined);
  readonly #cursor = signal<string | undefined>(undefined);
  readonly #draw = onceAFrame(() => this.#show());
  readonly #known = new Map<string, Row>();
  /** Rows that came while a page was asked for: they are newer than the page. */
  readonly #fresh = new Set<string>();
  #query: Query = {};
  #stream: Stream | undefined;
  #asking: Promise<void> | undefined;

  constructor(source: ListSource<Row>) {
    this.#source = source;
  }

  /** Undefined before the list has come. */
  get rows(): ReadonlySignal<readonly Row[] | undefined> {
    return this.#rows;
  }

  /** Why the newest question was not answered. */
  get failure(): ReadonlySignal<RestFailure | undefined> {
    return this.#failure;
  }

  get hasMore(): boolean {
    return this.#cursor.value !== undefined;
  }

  /** The socket of the list, which carries other channels, too. */
  get stream(): Stream | undefined {
    return this.#stream;
  }

  open(): void {
    this.close();
    this.#stream = openStream({ ...socketAccess, onState: this.connection.onState });
    this.#subscribe();
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#draw.cancel();
  }

  /** The network or the page has come back. */
  readonly hurry = (): void => this.#stream?.hurry();

  /** Only rows that the server finds by this, beside what the list always asks for. */
  want(query: Query): void {
    if (JSON.stringify(query) === JSON.stringify(this.#query)) return;
    this.#query = query;
    if (this.#stream) this.#subscribe();
  }

  /** Shows older ones, too. */
  readonly more = (): Promise<void> =>
    (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));

  /** Shows all there are. */
  readonly all = async (): Promise<void> => {
    while (this.#cursor.peek() !== undefined && this.#failure.peek() === undefined) await this.more();
  };

  readonly again = (): void => {
    this.#failure.value = undefined;
    this.open();
  };

  #subscribe(): void {
    this.#stream?.subscribe(
      this.#source.channel,
      {
        reset: () => this.connection.restarted(),
        list: (frame) => this.#take(frame),
        refused: (failure) => (this.#failure.value = failure),
      },
      { query: { ...this.#source.first, ...this.#query } },
    );
  }

  #take({ type, data }: ListFrame): void {
    if (type === "list") {
      this.#known.clear();
      batch(() => {
        this.#failure.value = undefined;
        this.#cursor.value = data.nextCursor;
      });
    }
    // The server's rows are what its schemas say.
    for (const row of data.items as readonly Row[]) {
      const name = this.#source.nameOf(row);
      this.#known.set(name, row);
      this.#fresh.add(name);
    }
    for (const name of data.gone ?? []) {
      this.#known.delete(name);
      this.#fresh.add(name);
    }
    if (type === "list") this.#show();
    else this.#draw.ask();
  }

  async #ask(): Promise<void> {
    const cursor = this.#cursor.peek();
    if (cursor === undefined) return;
    this.#fresh.clear();
    const answer = await this.#source.page(this.#query, cursor);
    // The list has come again meanwhile.
    if (cursor !== this.#cursor.peek()) return;
    if (!answer.ok) {
      this.#failure.value = answer.failure;
      return;
    }
    for (const row of answer.value.items) {
      const name = this.#source.nameOf(row);
      if (!this.#fresh.has(name)) this.#known.set(name, row);
    }
    batch(() => {
      this.#failure.value = undefined;
      this.#cursor.value = answer.value.nextCursor;
      this.#show();
    });
  }

  #show(): void {
    const { orderOf, onChange } = this.#source;
    const sorted = [...this.#known.values()].map((row) => [orderOf(row), row] as const);
    sorted.sort(([one], [other]) => (one < other ? 1 : one > other ? -1 : 0));
    this.#rows.value = sorted.map(([, row]) => row);
    onChange?.();
  }
}

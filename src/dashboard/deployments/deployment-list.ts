/**
 * All deployments, newest first, live: the list is asked for now and then, and those that run are followed on one socket
 * so that their percentages move by themselves.
 */
import { batch, signal, type ReadonlySignal } from "@preact/signals";
import type { RestFailure } from "../../client/rest-call.ts";
import { openStream, type Stream } from "../../client/stream.ts";
import { deploymentChannelOf } from "../../protocol/connection/channel-names.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { onceAFrame } from "../once-a-frame.ts";
import { ListedChannel } from "./listed-channel.ts";
import { listedOf, type ListedDeployment } from "./deployment-row.ts";
import { rest, socketAccess } from "../server.ts";
import { refuseTokenNow } from "../session.ts";
import { LiveConnection } from "../shell/live-connection.ts";

const ASK_EVERY_MS = 5_000;

/** Of a page of the server's answer. */
const PAGE = 50;

/** Most deployments that are followed at once: a socket carries no more channels than this. */
const MOST_FOLLOWED = 50;

type Followed = Readonly<{ listed: ListedChannel; close: () => void }>;

export class FollowedList {
  readonly connection = new LiveConnection(refuseTokenNow);
  readonly #rows = signal<readonly ListedDeployment[] | undefined>(undefined);
  readonly #failure = signal<RestFailure | undefined>(undefined);
  readonly #hasMore = signal(false);
  readonly #followed = new Map<string, Followed>();
  readonly #draw = onceAFrame(() => this.#show());
  #listed: readonly RunSummary[] = [];
  #pages = 1;
  #environment = "";
  #stream: Stream | undefined;
  #timer: number | undefined;
  #isOpen = false;

  /** Undefined before the first answer. */
  get rows(): ReadonlySignal<readonly ListedDeployment[] | undefined> {
    return this.#rows;
  }

  /** Why the newest question was not answered. */
  get failure(): ReadonlySignal<RestFailure | undefined> {
    return this.#failure;
  }

  get hasMore(): ReadonlySignal<boolean> {
    return this.#hasMore;
  }

  open(): void {
    this.close();
    this.#isOpen = true;
    void this.#ask();
    this.#timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.#ask();
    }, ASK_EVERY_MS);
  }

  close(): void {
    this.#isOpen = false;
    clearInterval(this.#timer);
    for (const { close } of this.#followed.values()) close();
    this.#followed.clear();
    this.#stream?.close();
    this.#stream = undefined;
    this.#draw.cancel();
  }

  /** Only those of an environment; an empty one stands for all. */
  want(environment: string): void {
    if (environment === this.#environment) return;
    this.#environment = environment;
    if (this.#isOpen) void this.#ask();
  }

  /** Shows older ones, too. */
  readonly more = (): void => {
    this.#pages++;
    void this.#ask();
  };

  readonly again = (): void => void this.#ask();

  async #ask(): Promise<void> {
    const items: RunSummary[] = [];
    const environment = this.#environment;
    let cursor: string | undefined;
    for (let page = 0; page < this.#pages; page++) {
      const answer = await rest.deployments.list({
        limit: PAGE,
        ...(environment !== "" && { environment }),
        ...(cursor !== undefined && { cursor }),
      });
      // Another environment is wanted meanwhile.
      if (!this.#isOpen || environment !== this.#environment) return;
      if (!answer.ok) {
        this.#failure.value = answer.failure;
        return;
      }
      items.push(...answer.value.items);
      cursor = answer.value.nextCursor;
      if (cursor === undefined) break;
    }
    this.#listed = items;
    this.#follow();
    batch(() => {
      this.#failure.value = undefined;
      this.#hasMore.value = cursor !== undefined;
      this.#show();
    });
  }

  /** Sees to it that those that run are followed, and only those. */
  #follow(): void {
    const running = this.#listed.filter(({ status }) => !hasRunEnded(status)).slice(0, MOST_FOLLOWED);
    const wanted = new Map(running.map((row) => [deploymentChannelOf(row), row]));
    for (const [channel, { close }] of this.#followed) {
      if (wanted.has(channel)) continue;
      close();
      this.#followed.delete(channel);
    }
    // A socket that subscribes to nothing is closed: there is none without need.
    if (wanted.size === 0) {
      this.#stream?.close();
      this.#stream = undefined;
      return;
    }
    this.#stream ??= openStream({ ...socketAccess, onState: this.connection.onState });
    for (const [channel, row] of wanted) {
      if (!this.#followed.has(channel))
        this.#followed.set(channel, this.#followedOn(this.#stream, channel, row));
    }
  }

  #followedOn(stream: Stream, channel: string, row: RunSummary): Followed {
    const listed = new ListedChannel({
      status: async () => {
        const status = await rest.deployments.status(row);
        return status.ok && status.value.kind === "changed" ? status.value.deployment : undefined;
      },
      onChange: this.#draw.ask,
    });
    const subscription = stream.subscribe(channel, {
      ...listed.listener,
      reset: () => this.connection.restarted(),
      resumed: () => this.connection.restarted(),
    });
    return {
      listed,
      close: () => {
        subscription.close();
        listed.close();
      },
    };
  }

  #show(): void {
    this.#rows.value = this.#listed.map((row) => {
      const listed = this.#followed.get(deploymentChannelOf(row))?.listed;
      return listedOf(row, listed?.progress, listed?.pulse);
    });
  }
}

/**
 * All deployments, newest first, live: the list moves by its channel, and those that run are followed on the same socket so
 * that their percentages move by themselves.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Stream } from "../../client/stream.ts";
import { deploymentChannelOf } from "../../protocol/connection/channel-names.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import type { RunFilter } from "../../domain/deployment/run-filter.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { LiveRows } from "../lists/live-rows.ts";
import { onceAFrame } from "../once-a-frame.ts";
import { ListedChannel } from "./listed-channel.ts";
import { listedOf, type ListedDeployment } from "./deployment-row.ts";
import { rest } from "../server.ts";

/** Of a page of the server's answer. */
const PAGE = 50;

/** Most deployments that are followed at once: a socket carries 100 channels. */
const MOST_FOLLOWED = 50;

/** Fewer rows are filled up by the next page of themselves, so often. */
const FEW = 20;
const MOST_CONTINUED = 20;

type Followed = Readonly<{ listed: ListedChannel; close: () => void }>;

export class FollowedList {
  readonly live = new LiveRows<RunSummary>({
    channel: "directory",
    nameOf: ({ deploymentId, environment }) => `deployments/${deploymentId}/${environment}`,
    orderOf: ({ startTime, deploymentId, environment }) => `${startTime} ${deploymentId} ${environment}`,
    first: { limit: String(PAGE) },
    page: (query, cursor) => rest.deployments.list({ ...query, limit: PAGE, cursor }),
    onChange: () => this.#changed(),
  });
  readonly #rows = signal<readonly ListedDeployment[] | undefined>(undefined);
  readonly #followed = new Map<string, Followed>();
  #continued = 0;
  readonly #draw = onceAFrame(() => this.#show());

  /** Undefined before the list has come. */
  get rows(): ReadonlySignal<readonly ListedDeployment[] | undefined> {
    return this.#rows;
  }

  get connection() {
    return this.live.connection;
  }

  open(): void {
    this.#forget();
    this.live.open();
  }

  close(): void {
    this.#forget();
    this.live.close();
  }

  readonly hurry = (): void => this.live.hurry();

  /** Only those that the server finds by this; what is empty stands for all. */
  want({ q = "", environment = "", is }: RunFilter): void {
    this.#continued = 0;
    this.live.want({
      ...(environment !== "" && { environment }),
      ...(is !== undefined && { is }),
      ...(q.trim() !== "" && { q: q.trim() }),
    });
  }

  #forget(): void {
    for (const { close } of this.#followed.values()) close();
    this.#followed.clear();
    this.#draw.cancel();
  }

  #changed(): void {
    this.#follow();
    this.#show();
    // A page that is short though more follow: the server has looked at many and found few.
    const isShort = (this.live.rows.peek()?.length ?? PAGE) < FEW;
    if (!isShort || !this.live.hasMore || this.#continued >= MOST_CONTINUED) return;
    this.#continued += 1;
    void this.live.more();
  }

  /** Sees to it that those that run are followed, and only those. */
  #follow(): void {
    const { stream } = this.live;
    if (!stream) return;
    const running = (this.live.rows.peek() ?? [])
      .filter(({ status }) => !hasRunEnded(status))
      .slice(0, MOST_FOLLOWED);
    const wanted = new Set(running.map(deploymentChannelOf));
    for (const [channel, { close }] of this.#followed) {
      if (wanted.has(channel)) continue;
      close();
      this.#followed.delete(channel);
    }
    for (const channel of wanted) {
      if (!this.#followed.has(channel)) this.#followed.set(channel, this.#followedOn(stream, channel));
    }
  }

  #followedOn(stream: Stream, channel: string): Followed {
    const listed = new ListedChannel(this.#draw.ask);
    const subscription = stream.subscribe(channel, listed.listener);
    return {
      listed,
      close: () => {
        subscription.close();
        listed.close();
      },
    };
  }

  #show(): void {
    this.#rows.value = this.live.rows.peek()?.map((row) => {
      const listed = this.#followed.get(deploymentChannelOf(row))?.listed;
      return listedOf(row, listed?.progress, listed?.pulse);
    });
  }
}

/**
 * All deployments, newest first, live: the list moves by its channel, and those that run are followed on the same socket so
 * that their percentages move by themselves.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Stream } from "../../client/stream.ts";
import { deploymentChannelOf } from "../../protocol/connection/channel-names.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
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

  /** Only those of an environment; an empty one stands for all. */
  want(environment: string): void {
    this.live.want(environment === "" ? {} : { environment });
  }

  #forget(): void {
    for (const { close } of this.#followed.values()) close();
    this.#followed.clear();
    this.#draw.cancel();
  }

  #changed(): void {
    this.#follow();
    this.#show();
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

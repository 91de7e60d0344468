/**
 * A deployment as its server knows it, kept by a follower of its channel: the snapshot at first, and from the run's first
 * event on, once the history has caught up with it, the state that the one reducer folds. Where the history does not
 * reach back to the run's beginning, the server is asked instead, at most once a second.
 */
import { applyEvent } from "../domain/deployment/apply-event.ts";
import { emptyDeployment, type DeploymentState } from "../domain/deployment/deployment-state.ts";
import type { Drafts } from "../domain/deployment/drafts.ts";
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import type { DeploymentFrame } from "../protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../protocol/deployment/deployment-progress.ts";
import type { ChannelListener } from "./channel-follower.ts";
import { after, afterTurn } from "./connection/platform.ts";
import type { ChannelFrame, TransientFrame } from "./connection/server-frame.ts";

/** A state that the server has computed, and the offset that it describes. */
export type ServerProgress = Readonly<{ progress: DeploymentProgress; offset: number }>;

export type DeploymentStoreOptions = DeploymentAddress &
  Readonly<{
    /** Asks the server where the deployment stands; without it a shortened history is shown as of its snapshot. */
    status?: () => Promise<ServerProgress | undefined>;
  }>;

const ASK_EVERY_MS = 1_000;

const isOfDeployment = (frame: ChannelFrame): frame is DeploymentFrame => "data" in frame;

/** What shows a state as of a time (ISO 8601), as the server would. */
export type ShowProgress = (state: DeploymentState, now: string) => DeploymentProgress;

export class FoldedDeployment {
  /** Subscribe with this, and with `history: true`. */
  readonly listener: ChannelListener;
  readonly #options: DeploymentStoreOptions;
  readonly #show: ShowProgress;
  readonly #watchers = new Set<() => void>();
  #given: ServerProgress | undefined;
  #state: DeploymentState;
  /** Whether the fold began with the beginning of a run. */
  #whole = false;
  #offset = 0;
  #estimate: TransientFrame | undefined;
  #notified = true;
  #cancelAsking: (() => void) | undefined;

  constructor(options: DeploymentStoreOptions, show: ShowProgress) {
    this.#options = options;
    this.#show = show;
    this.#state = emptyDeployment(options.deploymentId, options.environment);
    this.listener = {
      reset: () => this.#reset(),
      snapshot: (progress, offset) => this.#give({ progress, offset }),
      events: (frames) => this.#fold(frames),
      transient: (frame) => {
        this.#estimate = frame;
        this.#notify();
      },
    };
  }

  /** The offset that what is shown describes. */
  get offset(): number {
    return this.#isFolded ? this.#offset : (this.#given?.offset ?? 0);
  }

  /** Every resource and layer, as the server knows them; undefined while only a snapshot is known. */
  get state(): DeploymentState | undefined {
    return this.#isFolded ? this.#state : undefined;
  }

  /** The newest of the transient frames. */
  get estimate(): TransientFrame | undefined {
    return this.#estimate;
  }

  /** As the server would answer at `now` (ISO 8601); undefined before anything is known. */
  progressAt(now: string): DeploymentProgress | undefined {
    return this.#isFolded ? this.#show(this.#state, now) : this.#given?.progress;
  }

  /** Tells of changes, once for all of one turn; what is returned ends it. */
  subscribe(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Asks the server no more. */
  close(): void {
    this.#cancelAsking?.();
    this.#cancelAsking = undefined;
    this.#watchers.clear();
  }

  get #isFolded(): boolean {
    return this.#whole && this.#offset >= (this.#given?.offset ?? 0);
  }

  #reset(): void {
    this.#given = undefined;
    this.#state = emptyDeployment(this.#options.deploymentId, this.#options.environment);
    this.#whole = false;
    this.#offset = 0;
    this.#estimate = undefined;
    this.#notify();
  }

  #give(given: ServerProgress): void {
    this.#given = given;
    this.#notify();
  }

  #fold(frames: readonly ChannelFrame[]): void {
    const drafts: Drafts = new WeakMap();
    for (const frame of frames) {
      if (!isOfDeployment(frame)) continue;
      this.#offset = frame.offset;
      if (frame.type === "deployment_started") {
        this.#whole = true;
        // Earlier runs are not reported again, but they are counted.
        const { run = this.#state.run + 1 } = frame.data;
        this.#state = { ...this.#state, run: run - 1 };
      }
      if (this.#whole) this.#state = applyEvent(this.#state, frame, drafts);
    }
    if (!this.#whole) this.#askSoon();
    this.#notify();
  }

  #askSoon(): void {
    const { status } = this.#options;
    if (!status || this.#cancelAsking) return;
    this.#cancelAsking = after(ASK_EVERY_MS, () => void this.#askNow(status));
  }

  async #askNow(status: NonNullable<DeploymentStoreOptions["status"]>): Promise<void> {
    const given = await status().catch(() => undefined);
    // Closed meanwhile.
    if (!this.#cancelAsking) return;
    this.#cancelAsking = undefined;
    if (this.#whole) return;
    if (given && given.offset >= this.offset) this.#give(given);
    if (this.offset < this.#offset) this.#askSoon();
  }

  #notify(): void {
    if (!this.#notified) return;
    this.#notified = false;
    afterTurn(() => {
      this.#notified = true;
      for (const watcher of this.#watchers) watcher();
    });
  }
}

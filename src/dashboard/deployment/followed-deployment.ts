/**
 * A deployment that is followed live: its channel folded into a store, and what changed drawn once a frame. It outlives
 * its sockets; a new one goes on where the last one was.
 */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { ChannelListener, ChannelRefusal, Position } from "../../client/channel-follower.ts";
import { FoldedDeployment } from "../../client/folded-deployment.ts";
import { progressShown, type EstimateOf } from "../../domain/deployment/deployment-view.ts";
import { openStream, type Stream } from "../../client/stream.ts";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import { now } from "../clock.ts";
import { onceAFrame } from "../once-a-frame.ts";
import { rest, socketAccess } from "../server.ts";
import { troubleOf, type AwsTrouble } from "../elements/trouble-note.tsx";
import { refuseTokenNow } from "../session.ts";
import { LiveConnection } from "../shell/live-connection.ts";
import { ShownLog } from "./event-log.ts";
import { RunView } from "./run/run-view.ts";

const isDeploymentFrame = (frame: ChannelFrame): frame is DeploymentFrame => "data" in frame;

export class FollowedDeployment {
  readonly connection = new LiveConnection(refuseTokenNow);
  readonly view = new RunView();
  readonly log = new ShownLog();
  /** How often AWS is looked at, once that has been reported. */
  readonly sampling = signal<Sampling | undefined>(undefined);
  readonly #address: DeploymentAddress;
  readonly #onMilestone: (frame: DeploymentFrame) => void;
  readonly #refusal = signal<ChannelRefusal | undefined>(undefined);
  readonly #isUnreported = signal(false);
  readonly #store: FoldedDeployment;
  /** Fetched beside what is shown first. */
  #estimateOf: EstimateOf | undefined;
  readonly #draw = onceAFrame(() => this.#show());
  readonly #trouble = signal<AwsTrouble | undefined>(undefined);
  #stream: Stream | undefined;
  #position: () => Position | undefined = () => undefined;
  #endTicking: (() => void) | undefined;
  /** What was reported up to here had happened before the page was opened. */
  #liveAfter = Number.POSITIVE_INFINITY;
  /** Reported once the snapshot can be seen. */
  #awaitsDrawing: (() => void) | undefined;

  /** `onMilestone` hears every event that happens while the page is open. */
  constructor(address: DeploymentAddress, onMilestone: (frame: DeploymentFrame) => void) {
    this.#address = address;
    this.#onMilestone = onMilestone;
    const status = async () => {
      const answer = await rest.deployments.status(address);
      if (!answer.ok || answer.value.kind === "unchanged") return undefined;
      return { progress: answer.value.deployment, offset: answer.value.deployment.offset };
    };
    this.#store = new FoldedDeployment({ ...address, status }, (state, at) =>
      progressShown(state, at, this.#estimateOf),
    );
    void this.#fetchEstimates();
    this.#store.subscribe(() => this.#drawSoon());
  }

  /** Why the channel is not followed. */
  get refusal(): ReadonlySignal<ChannelRefusal | undefined> {
    return this.#refusal;
  }

  /** Whether the channel is open and has nothing to tell yet. */
  get isUnreported(): ReadonlySignal<boolean> {
    return this.#isUnreported;
  }

  /** What stands between the server and AWS. */
  get trouble(): ReadonlySignal<AwsTrouble | undefined> {
    return this.#trouble;
  }

  /** Opens a socket, in place of one that there may be. */
  open(): void {
    this.close();
    const from = this.#position();
    this.#refusal.value = undefined;
    this.#stream = openStream({ ...socketAccess, onState: this.connection.onState });
    const { position } = this.#stream.subscribe(deploymentChannelOf(this.#address), this.#listener(), {
      history: true,
      ...(from && { from }),
    });
    this.#position = () => position() ?? from;
    // Durations and estimates go on between two events.
    this.#endTicking = effect(() => {
      if (now.value > 0) this.#drawSoon();
    });
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#endTicking?.();
    this.#draw.cancel();
  }

  /** The network or the page has come back. */
  readonly hurry = (): void => this.#stream?.hurry();

  #listener(): ChannelListener {
    const { listener } = this.#store;
    return {
      ...listener,
      reset: (start) => {
        this.#liveAfter = start.offset;
        this.#isUnreported.value = start.offset === 0;
        this.log.clear();
        this.#trouble.value = undefined;
        listener.reset?.(start);
        this.connection.restarted();
      },
      // Thousands of events would keep the page from painting where the deployment stands.
      snapshot: async (progress, offset) => {
        await listener.snapshot?.(progress, offset);
        await new Promise<void>((resolve) => (this.#awaitsDrawing = resolve));
      },
      resumed: (head) => this.connection.resumed(this.log.lines.at(-1)?.offset ?? 0, head),
      events: (frames) => {
        for (const frame of frames) if (isDeploymentFrame(frame)) this.#take(frame);
        listener.events?.(frames);
        this.connection.reached(frames.at(-1)?.offset ?? 0);
      },
      // What they tell of follows from the events, too: drawing each of them would cost more than it shows.
      transient: () => undefined,
      sampling: (sampling) => {
        this.sampling.value = sampling;
        this.#trouble.value = troubleOf(sampling);
      },
      refused: (refusal) => {
        this.#refusal.value = refusal;
      },
    };
  }

  #take(frame: DeploymentFrame): void {
    this.log.add(frame);
    if (frame.offset > this.#liveAfter) this.#onMilestone(frame);
  }

  /** Without them there is no time left to be seen. */
  async #fetchEstimates(): Promise<void> {
    const fetched = await import("../../domain/estimate/deployment-estimate.ts").catch(() => undefined);
    this.#estimateOf = fetched?.estimateOfDeployment;
    this.#drawSoon();
  }

  /** Nothing is drawn for nothing: what comes first would have to wait for that. */
  #drawSoon(): void {
    if (this.#store.offset > 0 || this.view.progress.peek()) this.#draw.ask();
  }

  #show(): void {
    const progress = this.#store.progressAt(new Date().toISOString());
    if (progress && progress.run > 0) this.view.show(progress, this.#store.state);
    else this.view.clear();
    this.log.show();
    // What was drawn is painted before the next task.
    if (this.#awaitsDrawing) setTimeout(this.#awaitsDrawing);
    this.#awaitsDrawing = undefined;
  }
}

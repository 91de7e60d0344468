/**
 * What a display follows: the scene at any moment, and a word when it changes. One for a deployment, one for a stack on
 * its own; both listen to a channel and to its connection.
 */
import type { ChannelListener } from "../../client/channel-follower.ts";
import type { ConnectionState } from "../../client/connection-state.ts";
import { DeploymentStore, type DeploymentStoreOptions } from "../../client/deployment-store.ts";
import type { ChannelFrame, TransientFrame } from "../../client/server-frame.ts";
import type { StackAddress } from "../../protocol/channel-names.ts";
import type { StackFrame } from "../../protocol/stack-frames.ts";
import type { Contact, DeploymentScene, Scene, StackScene } from "./scene.ts";
import { stackViewAfter, type StackView } from "./stack-view.ts";

/** Who wants to know. */
export type FeedWatcher = Readonly<{
  /** What is drawn may differ. */
  changed?: () => void;
  /** Durable events, each once and in order: after a history that was told anew, only those that are new. */
  events?: (frames: readonly ChannelFrame[]) => void;
  transient?: (frame: TransientFrame) => void;
  /** The connection was lost, came back or is given up. */
  contact?: (contact: Contact) => void;
}>;

export type Feed<S extends Scene = Scene> = Readonly<{
  /** Subscribe with this, and with `history: true`. */
  listener: ChannelListener;
  /** For the connection's `onState`. */
  connection: (state: ConnectionState) => void;
  /** `now` in milliseconds of the epoch. */
  sceneAt: (now: number) => S;
  /** What is returned ends it. */
  watch: (watcher: FeedWatcher) => () => void;
  close: () => void;
}>;

/** Events that come within this time of a connection's return are what had been missed. */
const CATCHING_UP_MS = 2_000;

/** How well what is shown is known, and who is told: the same for all channels. */
class Correspondence {
  readonly #watchers = new Set<FeedWatcher>();
  readonly #clock: () => number;
  #contact: Contact;
  #wasLive = false;
  /** The channel's epoch, and the newest offset that was passed on. */
  #epoch: string | undefined;
  #passedOn = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#contact = { connection: { kind: "reconnecting", since: clock(), failures: 0 } };
  }

  get contact(): Contact {
    return this.#contact;
  }

  watch(watcher: FeedWatcher): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  clear(): void {
    this.#watchers.clear();
  }

  changed(): void {
    for (const { changed } of this.#watchers) changed?.();
  }

  connection(connection: ConnectionState): void {
    const before = this.#contact.connection.kind;
    const returns = connection.kind === "live" && before !== "live" && this.#wasLive;
    this.#wasLive ||= connection.kind === "live";
    this.#tell({
      ...this.#contact,
      connection,
      ...(returns && { regained: { at: this.#clock(), events: 0, anew: false } }),
    });
  }

  trouble(message: string): void {
    this.#tell({ ...this.#contact, trouble: message });
  }

  reset(epoch: string, floor: number): void {
    const { regained } = this.#contact;
    if (regained && this.#isCatchingUp(regained))
      this.#tell({ ...this.#contact, regained: { ...regained, anew: true } });
    if (this.#epoch !== epoch) this.#passedOn = floor - 1;
    this.#epoch = epoch;
  }

  events(frames: readonly ChannelFrame[]): void {
    const { trouble: _trouble, ...contact } = this.#contact;
    const { regained } = contact;
    const fresh = frames.filter(({ offset }) => offset > this.#passedOn);
    this.#passedOn = fresh.at(-1)?.offset ?? this.#passedOn;
    this.#contact =
      regained && this.#isCatchingUp(regained)
        ? { ...contact, regained: { ...regained, events: regained.events + fresh.length } }
        : contact;
    if (fresh.length > 0) for (const { events } of this.#watchers) events?.(fresh);
  }

  transient(frame: TransientFrame): void {
    for (const { transient } of this.#watchers) transient?.(frame);
  }

  #isCatchingUp({ at }: NonNullable<Contact["regained"]>): boolean {
    return this.#clock() - at < CATCHING_UP_MS;
  }

  #tell(contact: Contact): void {
    this.#contact = contact;
    for (const { contact: told } of this.#watchers) told?.(contact);
    this.changed();
  }
}

/** Follows a deployment. */
export const deploymentFeed = (
  options: DeploymentStoreOptions,
  clock: () => number = Date.now,
): Feed<DeploymentScene> & Readonly<{ store: DeploymentStore }> => {
  const { deploymentId, environment } = options;
  const store = new DeploymentStore(options);
  const { listener } = store;
  const correspondence = new Correspondence(clock);
  const messages = new Map<string, string>();
  store.subscribe(() => correspondence.changed());
  return {
    store,
    listener: {
      ...listener,
      reset: (start) => {
        messages.clear();
        correspondence.reset(start.epoch, start.floor);
        listener.reset?.(start);
      },
      events: (frames) => {
        listener.events?.(frames);
        for (const { type } of frames) if (type === "deployment_started") messages.clear();
        correspondence.events(frames);
      },
      transient: (frame) => {
        const { stack, message } = frame.data;
        if (typeof stack === "string" && typeof message === "string") messages.set(stack, message);
        listener.transient?.(frame);
        correspondence.transient(frame);
      },
      trouble: ({ message }) => correspondence.trouble(message),
    },
    connection: (state) => correspondence.connection(state),
    sceneAt: (now) => ({
      kind: "deployment",
      address: { deploymentId, environment },
      progress: store.progressAt(new Date(now).toISOString()),
      state: store.state,
      messages,
      contact: correspondence.contact,
    }),
    watch: (watcher) => correspondence.watch(watcher),
    close: () => {
      store.close();
      correspondence.clear();
    },
  };
};

const isOfStack = (frame: ChannelFrame): frame is StackFrame =>
  frame.type === "resource_update" || frame.type === "stack_complete";

/** Follows a stack on its own. */
export const stackFeed = (address: StackAddress, clock: () => number = Date.now): Feed<StackScene> => {
  const correspondence = new Correspondence(clock);
  let view: StackView | undefined;
  return {
    listener: {
      reset: ({ epoch, floor }) => {
        view = undefined;
        correspondence.reset(epoch, floor);
        correspondence.changed();
      },
      events: (frames) => {
        view = stackViewAfter(view, frames.filter(isOfStack));
        correspondence.events(frames);
        correspondence.changed();
      },
      trouble: ({ message }) => correspondence.trouble(message),
    },
    connection: (state) => correspondence.connection(state),
    sceneAt: () => ({ kind: "stack", address, view, contact: correspondence.contact }),
    watch: (watcher) => correspondence.watch(watcher),
    close: () => correspondence.clear(),
  };
};

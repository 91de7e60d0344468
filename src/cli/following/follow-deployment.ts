/**
 * Follows a deployment from where it stands to the end of its run, through every loss of the connection. What happened
 * before is reported once it is whole, and of the newest run only.
 */
import type { Patience } from "../../client/connection/connection-state.ts";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import type { DeploymentStore } from "../../client/deployment-store.ts";
import { openStream } from "../../client/stream.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { exitOfDeployment } from "../arguments/exit-code.ts";
import type { Server } from "../arguments/server.ts";
import { endWithin, type Bounds } from "./bounds.ts";
import { CatchingUp } from "./catching-up.ts";
import { endingOfClose, type FollowingEnd } from "./ending.ts";
import type { Teller } from "./teller.ts";

/** Where a deployment stood when something was asked of it: an end up to there is not the one that is waited for. */
export type RunPosition = Readonly<{ run: number; offset: number }>;

export type FollowOptions = Bounds &
  Readonly<{
    server: Server;
    address: DeploymentAddress;
    /** What is known of it at any moment. */
    store: DeploymentStore;
    teller: Required<Teller>;
    /** Tells of earlier runs, too, as far as they are still known. */
    allRuns?: boolean | undefined;
    /** Waits for it to begin, or to begin again, instead of ending with what is there. */
    wait?: boolean | undefined;
    after?: RunPosition | undefined;
    /** Id of the deploy that waits for the end of the run that it comes after. */
    queued?: string | undefined;
    patience?: Partial<Patience> | undefined;
  }>;

/** What belongs to the newest run. */
const newestRun = (frames: readonly ChannelFrame[]): readonly ChannelFrame[] => {
  const start = frames.findLastIndex(({ type }) => type === "deployment_started");
  return start > 0 ? frames.slice(start) : frames;
};

/** Resolves when the run has ended, or when following it has. Whoever reports it has been notified of the end by then. */
export const followDeployment = async (options: FollowOptions): Promise<FollowingEnd> => {
  const { server, address, store, teller, wait = false, patience } = options;
  const over = Promise.withResolvers<FollowingEnd>();
  const reported = {
    regained: teller.regained,
    events: (frames: readonly ChannelFrame[], replay: boolean) => {
      store.listener.events?.(frames);
      teller.events(frames, replay);
    },
  };
  const position = (): number => subscription.position()?.offset ?? 0;
  const catchingUp = new CatchingUp(reported, position, options.allRuns ? undefined : newestRun);
  let stale = options.after;
  let isWaiting = false;
  let epoch = "";

  const waitOn = (): void => {
    if (!isWaiting) teller.waiting();
    isWaiting = true;
  };

  const judge = (): void => {
    if (!catchingUp.isWhole) return;
    catchingUp.release();
    const progress = store.progressAt(new Date().toISOString());
    // The snapshot is on its way.
    if (!progress && catchingUp.isEmpty === false) return;
    if (!progress || progress.run === 0) {
      if (!wait) return over.resolve({ kind: "missing" });
      stale ??= { run: 0, offset: 0 };
      return waitOn();
    }
    const { queued, after } = options;
    if (queued !== undefined && progress.run <= (after?.run ?? 0) && progress.queued?.id !== queued)
      return over.resolve({ kind: "dequeued", by: progress.queued?.user });
    if (exitOfDeployment(progress) === undefined) {
      stale ??= { run: progress.run, offset: 0 };
      return;
    }
    const { run } = progress;
    // Whoever waits from the beginning waits for a run that is to come.
    if (wait && !stale) stale = { run, offset: store.offset };
    if (stale && (run < stale.run || (run === stale.run && store.offset <= stale.offset))) return waitOn();
    over.resolve({ kind: "deployment", progress });
  };

  const stream = openStream({
    url: server.url,
    token: server.token,
    ...(patience && { patience }),
    onState: (state) => {
      if (state.kind === "reconnecting") catchingUp.disconnected();
      if (state.kind === "stopped") over.resolve(endingOfClose(state.code, state.reason));
      teller.connection(state);
    },
  });
  const subscription = stream.subscribe(
    deploymentChannelOf(address),
    {
      reset: (start) => {
        store.listener.reset?.(start);
        epoch = start.epoch;
        catchingUp.reset(start.offset);
        teller.reset(start);
        judge();
      },
      resumed: (head) => {
        catchingUp.resumed(head);
        judge();
      },
      snapshot: (progress, offset) => {
        store.listener.snapshot?.(progress, offset);
        teller.snapshot(progress, { epoch, offset });
      },
      events: (frames) => {
        catchingUp.take(frames);
        judge();
      },
      transient: (frame) => {
        store.listener.transient?.(frame);
        if (!catchingUp.isHolding) teller.transient(frame);
      },
      sampling: (sampling) => teller.sampling(sampling),
      trouble: ({ message }) => teller.trouble(message),
      refused: ({ code, message }) => over.resolve({ kind: "refused", code, message }),
    },
    { history: true },
  );
  store.subscribe(judge);

  const ending = await endWithin(over, options);
  stream.close();
  await teller.ended(ending);
  store.close();
  return ending;
};

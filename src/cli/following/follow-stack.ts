/** Follows a stack on its own to the end of its operation, through every loss of the connection. */
import type { Patience } from "../../client/connection/connection-state.ts";
import { restClient } from "../../client/rest.ts";
import type { StackStore } from "../../client/stack-store.ts";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import { openTrack, type Track } from "../../client/track.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { StackComplete } from "../../protocol/stack/stack-frames.ts";
import type { Server } from "../arguments/server.ts";
import { endWithin, type Bounds } from "./bounds.ts";
import { CatchingUp } from "./catching-up.ts";
import { endingOfClose, type FollowingEnd } from "./ending.ts";
import type { Teller } from "./teller.ts";

export type FollowStackOptions = Bounds &
  Readonly<{
    server: Server;
    address: StackAddress;
    /** What is known of it at any moment. */
    store: StackStore;
    teller: Required<Teller>;
    /** Waits for the stack, or for its next operation, instead of ending with what is there. */
    wait?: boolean | undefined;
    patience?: Partial<Patience> | undefined;
  }>;

/** Resolves when the operation has ended, or when following it has. Whoever reports it has been notified of the end by then. */
export const followStack = async (options: FollowStackOptions): Promise<FollowingEnd> => {
  const { server, address, store, teller, wait = false, patience } = options;
  const { stacks } = restClient(server);
  const over = Promise.withResolvers<FollowingEnd>();
  const reported = {
    regained: teller.regained,
    events: (frames: readonly ChannelFrame[], replay: boolean) => {
      store.listener.events?.(frames);
      teller.events(frames, replay);
    },
  };
  const catchingUp = new CatchingUp(reported, () => track?.position()?.offset ?? 0);
  /** The last operation's end, as long as no newer one has begun. */
  let complete: StackComplete | undefined;
  let isWaiting = false;
  let track: Track | undefined;

  const waitOn = (): void => {
    if (!isWaiting) teller.waiting();
    isWaiting = true;
  };

  /** Whether what has ended is still the newest: nobody asks AWS of a stack at rest, so it is asked now. */
  const confirm = async (end: StackComplete): Promise<void> => {
    const summary = await stacks.summary(address);
    if (summary.ok && (summary.value.outcome === undefined || summary.value.offset > end.offset)) return;
    if (complete === end) over.resolve({ kind: "stack", complete: end });
  };

  const judge = (): void => {
    if (!catchingUp.isWhole) return;
    const wasPast = catchingUp.isHolding && catchingUp.isEmpty === false;
    catchingUp.release();
    if (!complete) return;
    if (!wasPast) over.resolve({ kind: "stack", complete });
    else if (wait) waitOn();
    else void confirm(complete);
  };

  /** What is given up there begins again with whoever comes. */
  const reopen = (): void => {
    const before = track;
    catchingUp.disconnected();
    track = open();
    before?.close();
  };

  const open = (): Track => {
    const opened: Track = openTrack(
      {
        ...address,
        url: server.url,
        token: server.token,
        ...(patience && { patience }),
        onState: (state) => {
          // Closed by ourselves, for another.
          if (state.kind === "stopped" && state.code === 1000) return;
          if (state.kind === "reconnecting") catchingUp.disconnected();
          if (state.kind === "stopped") over.resolve(endingOfClose(state.code, state.reason));
          teller.connection(state);
        },
      },
      {
        reset: (start) => {
          complete = undefined;
          store.listener.reset?.(start);
          catchingUp.reset(start.offset);
          teller.reset(start);
          judge();
        },
        resumed: (head) => {
          catchingUp.resumed(head);
          judge();
        },
        events: (frames) => {
          for (const frame of frames) complete = frame.type === "stack_complete" ? frame : undefined;
          catchingUp.take(frames);
          judge();
        },
        sampling: (sampling) => teller.sampling(sampling),
        trouble: ({ code, message, retryable }) => {
          if (code === "STACK_NOT_FOUND" && wait) {
            waitOn();
            return reopen();
          }
          teller.trouble(message);
          if (!retryable) over.resolve({ kind: "refused", code, message });
        },
      },
    );
    return opened;
  };

  /** A socket waits for a stack that does not exist; whoever does not wait is answered at once. */
  const look = async (): Promise<void> => {
    const summary = await stacks.summary(address);
    if (summary.ok) return;
    const { code, message, status = 0 } = summary.failure;
    if (code === "STACK_NOT_FOUND") over.resolve({ kind: "missing" });
    else if (status >= 400 && status < 500) over.resolve({ kind: "refused", code, message });
  };

  // To whoever waits, what has ended is reported as past, so it has to be known before.
  if (wait) await stacks.summary(address);
  else void look();
  track = open();

  const ending = await endWithin(over, options);
  track.close();
  await teller.ended(ending);
  store.close();
  return ending;
};

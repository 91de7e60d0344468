/**
 * Who hears of what is followed: the display, a stream of JSON, a log file. Each hears everything in the order in which it
 * happens, and never holds it up.
 */
import type { ConnectionState } from "../../client/connection/connection-state.ts";
import type { Position } from "../../client/channel-follower.ts";
import type { ChannelFrame, TransientFrame } from "../../client/connection/server-frame.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { FollowingEnd } from "./ending.ts";

export type Teller = Readonly<{
  connection?: (state: ConnectionState) => void;
  /** The channel says where it stands; all that was reported before is void. */
  reset?: (head: Position & Readonly<{ floor: number }>) => void;
  snapshot?: (progress: DeploymentProgress, head: Position) => void;
  /** `replay`: they happened before somebody looked. */
  events?: (frames: readonly ChannelFrame[], replay: boolean) => void;
  transient?: (frame: TransientFrame) => void;
  /** How often AWS is looked at, when that changes. */
  sampling?: (sampling: Sampling) => void;
  /** Trouble between the server and AWS. */
  trouble?: (message: string) => void;
  /** After a loss all is known again; so many events came meanwhile, undefined: all has been sent again. */
  regained?: (events: number | undefined) => void;
  /** Nothing is there yet. */
  waiting?: () => void;
  /** It is over: nothing is reported after this. */
  ended?: (ending: FollowingEnd) => void | Promise<void>;
}>;

/** All of them as one. */
export const allOf = (tellers: readonly Teller[]): Required<Teller> => ({
  connection: (state) => tellers.forEach((teller) => teller.connection?.(state)),
  reset: (head) => tellers.forEach((teller) => teller.reset?.(head)),
  snapshot: (progress, head) => tellers.forEach((teller) => teller.snapshot?.(progress, head)),
  events: (frames, replay) => tellers.forEach((teller) => teller.events?.(frames, replay)),
  transient: (frame) => tellers.forEach((teller) => teller.transient?.(frame)),
  sampling: (sampling) => tellers.forEach((teller) => teller.sampling?.(sampling)),
  trouble: (message) => tellers.forEach((teller) => teller.trouble?.(message)),
  regained: (events) => tellers.forEach((teller) => teller.regained?.(events)),
  waiting: () => tellers.forEach((teller) => teller.waiting?.()),
  ended: async (ending) => {
    for (const teller of tellers) await teller.ended?.(ending);
  },
});

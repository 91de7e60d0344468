/** What a test needs to watch a channel through the client: a record of all that was reported, and periods made short. */
import {
  openStream,
  type Stream,
  type StreamOptions,
  type SubscribeOptions,
} from "../../src/client/stream.ts";
import type { ChannelListener, ChannelRefusal } from "../../src/client/channel-follower.ts";
import type { ConnectionState, Patience } from "../../src/client/connection/connection-state.ts";
import type { ChannelFrame, TransientFrame } from "../../src/client/connection/server-frame.ts";
import type { DeploymentProgress } from "../../src/protocol/deployment/deployment-progress.ts";

/** As patient as a test, and not more. */
export const HASTY: Patience = {
  pingAfterMs: 200,
  deadAfterMs: 100,
  answerWithinMs: 1_000,
  uptimeMs: 10_000,
  acknowledgeAfterMs: 50,
  backoffBaseMs: 5,
  backoffMaxMs: 40,
};

export type Reported = {
  events: ChannelFrame[];
  offsets: () => number[];
  resets: { epoch: string; offset: number; floor: number }[];
  resumes: number[];
  snapshots: { progress: DeploymentProgress; offset: number }[];
  transients: TransientFrame[];
  troubles: string[];
  refusals: ChannelRefusal[];
};

/** A listener that writes everything down; a reset empties the events. */
export const recorder = (): Reported & { listener: ChannelListener } => {
  const reported: Reported = {
    events: [],
    offsets: () => reported.events.map(({ offset }) => offset),
    resets: [],
    resumes: [],
    snapshots: [],
    transients: [],
    troubles: [],
    refusals: [],
  };
  const listener: ChannelListener = {
    reset: (start) => {
      reported.resets.push(start);
      reported.events = [];
    },
    resumed: (head) => reported.resumes.push(head),
    snapshot: (progress, offset) => reported.snapshots.push({ progress, offset }),
    events: (frames) => reported.events.push(...frames),
    transient: (frame) => reported.transients.push(frame),
    trouble: ({ code }) => reported.troubles.push(code),
    refused: (refusal) => reported.refusals.push(refusal),
  };
  return Object.assign(reported, { listener });
};

export type Watched = Readonly<{ stream: Stream; told: Reported; states: ConnectionState[] }>;

/** Watches one channel over `/ws`. */
export const watching = (
  url: string,
  channel: string,
  { wish: wanted, ...options }: Partial<StreamOptions> & { wish?: SubscribeOptions } = {},
): Watched => {
  const states: ConnectionState[] = [];
  const reported = recorder();
  const stream = openStream({
    url,
    patience: HASTY,
    onState: (state) => states.push(state),
    ...options,
  });
  stream.subscribe(channel, reported.listener, wanted);
  return { stream, told: reported, states };
};

/** What a test needs to watch a channel through the client: a record of all that was told, and periods made short. */
import { openStream, type Stream, type StreamOptions, type Wish } from "../../src/client/stream.ts";
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

export type Told = {
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
export const recorder = (): Told & { listener: ChannelListener } => {
  const told: Told = {
    events: [],
    offsets: () => told.events.map(({ offset }) => offset),
    resets: [],
    resumes: [],
    snapshots: [],
    transients: [],
    troubles: [],
    refusals: [],
  };
  const listener: ChannelListener = {
    reset: (start) => {
      told.resets.push(start);
      told.events = [];
    },
    resumed: (head) => told.resumes.push(head),
    snapshot: (progress, offset) => told.snapshots.push({ progress, offset }),
    events: (frames) => told.events.push(...frames),
    transient: (frame) => told.transients.push(frame),
    trouble: ({ code }) => told.troubles.push(code),
    refused: (refusal) => told.refusals.push(refusal),
  };
  return Object.assign(told, { listener });
};

export type Watched = Readonly<{ stream: Stream; told: Told; states: ConnectionState[] }>;

/** Watches one channel over `/ws`. */
export const watching = (
  url: string,
  channel: string,
  { wish, ...options }: Partial<StreamOptions> & { wish?: Wish } = {},
): Watched => {
  const states: ConnectionState[] = [];
  const told = recorder();
  const stream = openStream({
    url,
    patience: HASTY,
    onState: (state) => states.push(state),
    ...options,
  });
  stream.subscribe(channel, told.listener, wish);
  return { stream, told, states };
};

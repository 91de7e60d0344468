/** What a channel's log holds for destinations: its events from a place on, each with the run that it belongs to. */
import * as z from "zod";
import type { ChannelLog } from "../../channel/channel-log.ts";
import { objectOf } from "../../channel/codec.ts";
import type { Alert, AlertRun } from "../../domain/words/alert.ts";
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";

/** A place in the log, and the run that goes on there: what is handed over late must not speak of a later one. */
export type LogPlace = Readonly<{ offset: number; run?: AlertRun }>;

export const placeShape = {
  offset: z.number(),
  run: objectOf<AlertRun>({
    run: z.number(),
    owner: z.string().optional(),
    user: z.string().optional(),
  }).optional(),
};

/** An event on its way, with what is made of it only if somebody asks. */
export type Candidate = Readonly<{ offset: number; type: string; frame: string; alert: () => Alert }>;

/** What the feed has to know of its channel. */
export type FedChannel = Readonly<{
  name: string;
  log: Pick<ChannelLog, "epoch" | "offset" | "page">;
  /** How old the rules may be that it is judged by, in milliseconds. */
  rulesMs: number;
  /** Whether a rule is about it. */
  covers: (rule: DestinationRule) => boolean;
  /** The run of the newest event; undefined: there are no runs. */
  run: () => AlertRun | undefined;
  /** The event of a frame, if it is one that destinations get, and the run that goes on after it. */
  read: (frame: string, offset: number, run: AlertRun | undefined) => Read;
}>;

type Read = Readonly<{ event?: Candidate | undefined; run?: AlertRun | undefined }>;

/** A piece of the log, and where it ends. */
type Piece = Readonly<{ events: readonly Candidate[]; end: LogPlace }>;

/** Events looked at between two moves of the cursor. */
const STRIDE = 500;

/** The end of the log. */
export const headOf = (channel: FedChannel): LogPlace => {
  const run = channel.run();
  return { offset: channel.log.offset, ...(run && { run }) };
};

/** What follows a place; it ends there if nothing does. */
export const pieceAfter = (channel: FedChannel, { offset, run: before }: LogPlace): Piece => {
  const runs = channel.log.page(offset, STRIDE);
  let run = before;
  const events = runs.flatMap(({ from, frames }) =>
    frames.flatMap((frame, index): Candidate | [] => {
      const read = channel.read(frame, from + index, run);
      run = read.run;
      return read.event ?? [];
    }),
  );
  return { events, end: { offset: runs.at(-1)?.to ?? offset, ...(run && { run }) } };
};

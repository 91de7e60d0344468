/** What a deployment's log holds for destinations: its events from a place on, each with the run that it belongs to. */
import * as z from "zod";
import type { ChannelLog } from "../../channel/channel-log.ts";
import { objectOf } from "../../channel/codec.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { alertOf, type Alert, type AlertRun } from "../../domain/words/alert.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { keptEventSchema, type DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";

/** A place in the log, and the run that goes on there: what is handed over late must not speak of a later one. */
export type Place = Readonly<{ offset: number; run?: AlertRun }>;

export const placeShape = {
  offset: z.number(),
  run: objectOf<AlertRun>({
    run: z.number(),
    owner: z.string().optional(),
    user: z.string().optional(),
  }).optional(),
};

/** What the feed has to know of its deployment. */
export type FedChannel = Readonly<{
  name: string;
  store: Readonly<{
    address: DeploymentAddress | undefined;
    state: DeploymentState;
    log: Pick<ChannelLog, "epoch" | "offset" | "page">;
  }>;
}>;

/** An event on its way, with what is made of it only if somebody asks. */
export type Candidate = Readonly<{ offset: number; type: string; frame: string; alert: () => Alert }>;

/** A piece of the log, and where it ends. */
export type Piece = Readonly<{ events: readonly Candidate[]; end: Place }>;

/** Events looked at between two moves of the cursor. */
const STRIDE = 500;

/** The end of the log. */
export const headOf = ({ store: { log, state } }: FedChannel): Place => {
  const { run, owner, user } = state;
  return { offset: log.offset, run: { run, owner, user } };
};

/** What follows a place; it ends there if nothing does. */
export const pieceAfter = (channel: FedChannel, { offset, run: before }: Place): Piece => {
  const { log, state } = channel.store;
  const runs = log.page(offset, STRIDE);
  let run = before;
  const events = runs.flatMap(({ from, frames }) =>
    frames.flatMap((frame, index): Candidate | [] => {
      const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
      if (!event) return [];
      run = runAfter(event, run);
      const begun = run;
      const place = { channel: channel.name, offset: from + index };
      let alert: Alert | undefined;
      return {
        offset: place.offset,
        type: event.type,
        frame,
        alert: () => (alert ??= alertOf({ ...event, ...place }, state, begun)),
      };
    }),
  );
  return { events, end: { offset: runs.at(-1)?.to ?? offset, ...(run && { run }) } };
};

/** The run that goes on after an event, as the deployment's state counts them. */
const runAfter = ({ type, data }: DeploymentEvent, before: AlertRun | undefined): AlertRun | undefined =>
  type === "deployment_started"
    ? { run: data.run ?? (before?.run ?? 0) + 1, owner: data.owner, user: data.user }
    : before;

/** Frames about a channel as text, built from the text of its events, so that no event is parsed or printed again. */
import { CLOSE, CLOSE_REASONS } from "../protocol/connection/close-codes.ts";
import type { RequestError } from "../protocol/connection/control-frames.ts";
import type { Run } from "../protocol/rpc/channel-owner.ts";

/** One `batch` frame; `run` fits into it. */
export const batchText = (channel: string, run: Run, replay: boolean): string =>
  `{"type":"batch","channel":${JSON.stringify(channel)},"from":${run.from},"to":${run.to},` +
  `${replay ? '"replay":true,' : ""}"events":[${run.frames.join(",")}]}`;

/** One `snapshot` frame; `data` is JSON text. */
export const snapshotText = (channel: string, epoch: string, offset: number, data: string): string =>
  `{"type":"snapshot","channel":${JSON.stringify(channel)},"epoch":${JSON.stringify(epoch)},"offset":${offset},"data":${data}}`;

/** To who watches other channels still, that one is no more. */
export const deletedText = (channel: string): string => {
  const code = channel.startsWith("stacks/") ? "STACK_NOT_FOUND" : "DEPLOYMENT_NOT_FOUND";
  const frame: RequestError = {
    type: "error",
    channel,
    error: { code, message: CLOSE_REASONS[CLOSE.channelDeleted] },
  };
  return JSON.stringify(frame);
};

/** What a stack's tracker hands to a deployment becomes its events, kept with the position up to which they were taken. */
import { translated } from "../domain/deployment/stack-translation.ts";
import type { DeploymentEvent } from "../protocol/deployment-events.ts";
import type { FeedDelivery, FeedReceipt } from "../protocol/stack-feed.ts";
import { stackFrameSchema } from "../protocol/stack-frames.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";

export const takeFrames = async (
  channel: DeploymentChannel,
  { stack, epoch, from, frames, trouble }: FeedDelivery,
): Promise<FeedReceipt> => {
  const { store, desk } = channel;
  const { address } = store;
  const last = from + frames.length - 1;
  if (!address || !channel.wants(stack)) return { offset: last, wanted: false };
  const taken = channel.fed(stack, epoch);
  const belonging = { ...address, stack };
  const fresh = frames.slice(Math.max(0, taken + 1 - from));
  const fed = { stack, epoch, offset: Math.max(taken, last) };
  if (desk.isInCharge) {
    const { events, keep } = desk.taken(belonging, fresh);
    const given = trouble ? desk.given(stack, trouble) : [];
    keep();
    await channel.tell(address, [...events, ...given], fed);
  } else {
    const events = fresh
      .map((frame) => translated(stackFrameSchema.parse(JSON.parse(frame)), belonging))
      .filter((event) => event !== undefined);
    if (trouble) events.push(troubled(belonging, trouble));
    await channel.tell(address, events, fed);
  }
  return { offset: fed.offset, wanted: channel.wants(stack) };
};

/** A stack that never appears, or cannot be read, ends its deployment's waiting. */
const troubled = (
  belonging: Readonly<{ deploymentId: string; environment: string; stack: string }>,
  { code, message }: Readonly<{ code: string; message: string }>,
): DeploymentEvent => ({
  type: "stack_failed",
  timestamp: new Date().toISOString(),
  data: { ...belonging, error: { code, message } },
});

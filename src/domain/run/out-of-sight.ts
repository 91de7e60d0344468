/** What is told of a stack in which something was begun and which AWS lets nobody see: it has not failed for that. */
import type { Task } from "./task.ts";

/** A frame without an offset, for those who watch the deployment. */
export const outOfSightFrame = (
  channel: string,
  stack: string,
  { code, message, since }: NonNullable<Task["unseen"]>,
): string => {
  const told =
    `${stack} cannot be seen: ${message}. Its operation continues in CloudFormation, and the run continues when AWS ` +
    "can be asked again";
  return JSON.stringify({
    type: "error",
    timestamp: since,
    channel,
    error: { code, message: told, retryable: true },
  });
};

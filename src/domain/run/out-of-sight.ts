/** What is told of a stack in which something was begun and which AWS lets nobody see: it has not failed for that. */
import type { Task } from "./task.ts";

/** A frame without an offset, for those who watch the deployment. */
export const outOfSightFrame = (
  channel: string,
  stack: string,
  { code, message, since }: NonNullable<Task["unseen"]>,
): string => {
  const told =
    `${stack} is out of sight: ${message}. What was begun goes on in CloudFormation, and the run goes on when AWS ` +
    "can be asked again";
  return JSON.stringify({
    type: "error",
    timestamp: since,
    channel,
    error: { code, message: told, retryable: true },
  });
};

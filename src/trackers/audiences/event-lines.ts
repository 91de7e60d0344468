/**
 * Tells the Worker's own log what a channel has committed: one line an event, at the seeds' levels, with names and codes
 * but no text from outside, as that could hold anything. What happens to a resource that does not fail is left out: it is
 * diagnosis, of thousands of lines in one invocation, of which the platform cuts off the end. CloudWatch Logs has it.
 */
import { levelOf } from "../../domain/words/levels.ts";
import { lookOfEnd } from "../../domain/words/stack-words.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import { logLine } from "../../log.ts";

const isReported = ({ type }: DeploymentEvent): boolean =>
  type === "resource_failed" || type === "resource_stuck" || !type.startsWith("resource_");

/** Events of a deployment's channel, of which the last has the offset `head`. */
export const tellOfEvents = (channel: string, events: readonly DeploymentEvent[], head: number): void => {
  for (const [index, event] of events.entries()) {
    if (!isReported(event)) continue;
    const { type, timestamp, data } = event;
    const offset = head - events.length + 1 + index;
    // What is absent is left out by JSON.
    const about = {
      stack: "stack" in data ? data.stack : undefined,
      layer: "layer" in data ? data.layer : undefined,
      code: "error" in data ? data.error?.code : undefined,
      durationSeconds: "durationSeconds" in data ? data.durationSeconds : undefined,
    };
    logLine(levelOf(event), "event", { type, channel, offset, timestamp, ...about });
  }
};

/** The end of a stack on its own. */
export const tellOfFrames = (channel: string, frames: readonly StackFrame[]): void => {
  for (const frame of frames) {
    if (frame.type !== "stack_complete") continue;
    const { type, offset, timestamp, outcome, durationSeconds } = frame;
    logLine(lookOfEnd(frame).level, "event", { type, channel, offset, timestamp, outcome, durationSeconds });
  }
};

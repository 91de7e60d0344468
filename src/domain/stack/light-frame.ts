/** The frames that tell that a resource takes long, as they are made and as they are read. */
import type { Light } from "../../protocol/light.ts";
import type { ResourceLight, StackCounts, StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { FramePosition } from "./frames.ts";
import type { Lit } from "./resources/resource-lights.ts";

/** Whether the event tells that a resource takes long, which changes nothing of the operation. */
export const isLightFrame = (frame: StackFrame): frame is ResourceLight =>
  frame.type === "resource_slow" || frame.type === "resource_stuck";

export const lightFrameOf = (
  { resource, light: { kind, at, ...facts }, isCleaning }: Lit,
  stack: StackCounts,
  position: FramePosition,
): ResourceLight => {
  const { logicalId, type, status, physicalId, path, stackId } = resource;
  return {
    type: `resource_${kind}`,
    timestamp: at,
    resource: {
      logicalId,
      type,
      status,
      physicalId,
      path,
      stackId,
      ...(isCleaning && { superseded: true as const }),
    },
    stack,
    ...facts,
    ...position,
  };
};

/** What the frame says beside its resource. */
export const lightIn = ({
  type,
  timestamp: at,
  resource: _resource,
  stack: _stack,
  channel: _channel,
  offset: _offset,
  ...facts
}: ResourceLight): Light => ({ kind: type === "resource_stuck" ? "stuck" : "slow", at, ...facts });

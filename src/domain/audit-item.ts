/** An event of a channel as a row of the audit table. */
import type { StackAddress } from "../protocol/channel.ts";
import type { StackFrame } from "../protocol/stack-frames.ts";

export type AuditItem = Readonly<{
  deploymentId: string;
  /** `<ISO ms>#<environment>#<offset>`: the bare time would let two events of one moment overwrite each other. */
  timestamp: string;
  type: string;
  environment: string;
  stack: string;
  /** The frame without its envelope. */
  data: Readonly<Record<string, unknown>>;
  user: string;
  offset: number;
}>;

/** Stands where a stack on its own has no environment, and where nobody is known to have acted. */
const NONE = "-";

/** Repeating it gives the same key, so that an event that is written twice is there once. */
export const auditItemOf = (frame: StackFrame, { stackName }: StackAddress): AuditItem => {
  const { type, timestamp, channel, offset, ...data } = frame;
  return {
    deploymentId: channel,
    timestamp: `${timestamp}#${NONE}#${String(offset).padStart(8, "0")}`,
    type,
    environment: NONE,
    stack: stackName,
    data,
    user: NONE,
    offset,
  };
};

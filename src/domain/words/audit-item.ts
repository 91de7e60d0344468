/** An event of a channel as a row of the audit table. */
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";

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

const sortKeyOf = (timestamp: string, environment: string, offset: number): string =>
  `${timestamp}#${environment}#${String(offset).padStart(8, "0")}`;

/** Repeating it gives the same key, so that an event that is written twice is there once. */
export const auditItemOf = (frame: StackFrame, { stackName }: StackAddress): AuditItem => {
  const { type, timestamp, channel, offset, ...data } = frame;
  return {
    deploymentId: channel,
    timestamp: sortKeyOf(timestamp, NONE, offset),
    type,
    environment: NONE,
    stack: stackName,
    data,
    user: NONE,
    offset,
  };
};

/** An event of a deployment; `user`: on whose behalf the run was begun, unless the event says who had this done. */
export const deploymentAuditItemOf = (
  { type, timestamp, data }: DeploymentEvent,
  offset: number,
  user: string | undefined,
): AuditItem => ({
  deploymentId: data.deploymentId,
  timestamp: sortKeyOf(timestamp, data.environment, offset),
  type,
  environment: data.environment,
  stack: "stack" in data ? data.stack : NONE,
  data: { ...data },
  user: ("user" in data ? data.user : undefined) ?? user ?? NONE,
  offset,
});

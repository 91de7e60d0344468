/** How a stack's operation is to be taken to have ended, which CloudFormation's last word alone does not always say. */
import type { Cause, Outcome } from "../../../protocol/stack/stack-frames.ts";

/**
 * The outcome as it is to be taken: CloudFormation may delete a stack that it could not create instead of rolling it back,
 * which is no deletion that anybody wanted.
 */
export const outcomeMeant = ({
  outcome,
  cause,
}: Readonly<{ outcome: Outcome; cause?: Cause | undefined }>): Outcome =>
  outcome === "deleted" && cause !== undefined && !cause.status.startsWith("DELETE_")
    ? "rolled_back"
    : outcome;

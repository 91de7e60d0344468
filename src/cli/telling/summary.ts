/** How following something ended, for programs: the last line of a stream of JSON, and part of the one document. */
import { outcomeMeant } from "../../domain/stack/operation/stack-end.ts";
import type { DeploymentAddress, StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Blast } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentProgress, DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Cause, Outcome } from "../../protocol/stack/stack-frames.ts";
import type { Left } from "../../domain/words/left-words.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import { exitOfEnding, type FollowingEnd } from "../following/ending.ts";

/** How the run ended, or why it is not followed any more. */
type End = DeploymentStatus | Outcome | "not_found" | "refused" | "lost" | "timeout" | "interrupted";

export type Summary = Readonly<{
  end: End;
  exitCode: ExitCode;
  /** Why it is not followed to its end. */
  message?: string;
  /** The last event that was reported. */
  offset?: number;
}> &
  (Partial<DeploymentAddress> | StackAddress) &
  Readonly<{
    run?: number;
    status?: string;
    progressPercent?: number;
    totalStacks?: number;
    deployedStacks?: number;
    failedStacks?: number;
    skippedStacks?: number;
    durationSeconds?: number;
    outputs?: Readonly<Record<string, string>>;
    cause?: Cause;
    rollbackCause?: Cause;
    blast?: Blast;
  }> &
  Left;

/** What is reported of an end beside its counts; what is absent is left out. */
const endDetailsOf = ({
  cause,
  rollbackCause,
  orphans,
  retained,
  stabilising,
}: Readonly<{ cause?: Cause | undefined; rollbackCause?: Cause | undefined }> & Left) => ({
  ...(cause && { cause }),
  ...(rollbackCause && { rollbackCause }),
  ...(orphans && { orphans }),
  ...(retained && { retained }),
  ...(stabilising && { stabilising }),
});

const endOf = (ending: FollowingEnd): Pick<Summary, "end" | "message"> => {
  switch (ending.kind) {
    case "deployment":
      return { end: ending.progress.status };
    case "stack":
      return { end: outcomeMeant(ending.complete) };
    case "missing":
      return { end: "not_found", message: "there is nothing of this name" };
    case "refused":
    case "lost":
      return { end: ending.kind, message: ending.message };
    case "dequeued":
      return {
        end: "cancelled",
        message: "the deploy that waited was cancelled, or replaced by a newer one",
      };
    case "timed-out":
      return { end: "timeout", message: "the time that was given has passed" };
    case "interrupted":
      return { end: "interrupted", message: ending.signal };
  }
};

/** Of a deployment, as far as it is known. */
export const deploymentSummaryOf = (
  ending: FollowingEnd,
  address: DeploymentAddress,
  known: DeploymentProgress | undefined,
  offset: number,
  isStrict = false,
): Summary => {
  const { end, message } = endOf(ending);
  const progress = ending.kind === "deployment" ? ending.progress : known;
  return {
    ...address,
    end,
    exitCode: exitOfEnding(ending, isStrict),
    ...(message !== undefined && { message }),
    ...(progress && {
      run: progress.run,
      status: progress.status,
      ...progress.summary,
      durationSeconds: progress.metrics.durationSeconds,
      offset,
      ...endDetailsOf(progress),
      ...(progress.blast && { blast: progress.blast }),
    }),
  };
};

/** Of a stack on its own. */
export const stackSummaryOf = (
  ending: FollowingEnd,
  address: StackAddress,
  offset: number,
  isStrict = false,
): Summary => {
  const { end, message } = endOf(ending);
  const common = {
    ...address,
    end,
    exitCode: exitOfEnding(ending, isStrict),
    ...(message !== undefined && { message }),
  };
  if (ending.kind !== "stack") return { ...common, offset };
  const { stack, outputs, durationSeconds } = ending.complete;
  return {
    ...common,
    status: stack.status,
    progressPercent: stack.progress,
    durationSeconds,
    outputs,
    offset,
    ...endDetailsOf(ending.complete),
  };
};

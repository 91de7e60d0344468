/** How following something came to its end, and what the process ends with then. */
import { outcomeMeant } from "../../domain/stack/operation/stack-end.ts";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { StackComplete } from "../../protocol/stack/stack-frames.ts";
import { EXIT, exitOfDeployment, exitOfFailure, exitOfStack, type ExitCode } from "../arguments/exit-code.ts";

export type FollowingEnd =
  | Readonly<{ kind: "deployment"; progress: DeploymentProgress }>
  | Readonly<{ kind: "stack"; complete: StackComplete }>
  /** There is nothing of this name, and nobody wants to wait for it. */
  | Readonly<{ kind: "missing" }>
  /** The deploy that waited does not any more; `by`: whose deploy waits in its place. */
  | Readonly<{ kind: "dequeued"; by: string | undefined }>
  /** The server will not tell it. */
  | Readonly<{ kind: "refused"; code: string; message: string }>
  | Readonly<{ kind: "lost"; code: number; message: string }>
  | Readonly<{ kind: "timed-out" }>
  | Readonly<{ kind: "interrupted"; signal: string }>;

const REFUSING: ReadonlySet<number> = new Set([CLOSE.badToken, CLOSE.forbidden, CLOSE.tokenExpired]);

/** What a connection that is closed for good means. */
export const endingOfClose = (code: number, reason: string): FollowingEnd =>
  REFUSING.has(code)
    ? { kind: "refused", code: code === CLOSE.forbidden ? "FORBIDDEN" : "UNAUTHENTICATED", message: reason }
    : { kind: "lost", code, message: reason };

const BY_SIGNAL: Readonly<Record<string, ExitCode>> = { SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp };

/** Whether something could not be deleted, and so was left behind. */
const leavesOrphans = (ending: FollowingEnd): boolean => {
  if (ending.kind === "deployment") return (ending.progress.orphans?.length ?? 0) > 0;
  if (ending.kind !== "stack") return false;
  const { outcome, orphans = [] } = ending.complete;
  return outcome === "deployed_with_orphans" || orphans.length > 0;
};

/** `isStrict`: what was done well fails if it has left something behind that was to be deleted. */
export const exitOfEnding = (ending: FollowingEnd, isStrict = false): ExitCode => {
  const exit = exitOf(ending);
  return isStrict && exit === EXIT.done && leavesOrphans(ending) ? EXIT.failed : exit;
};

const exitOf = (ending: FollowingEnd): ExitCode => {
  switch (ending.kind) {
    case "deployment":
      return exitOfDeployment(ending.progress) ?? EXIT.failed;
    case "stack":
      return exitOfStack(outcomeMeant(ending.complete));
    case "dequeued":
      return EXIT.cancelled;
    case "missing":
      return EXIT.notFound;
    case "refused":
      return exitOfFailure({ code: ending.code });
    case "lost":
      return EXIT.lost;
    case "timed-out":
      return EXIT.timedOut;
    case "interrupted":
      return BY_SIGNAL[ending.signal] ?? EXIT.interrupted;
  }
};

/**
 * What an orchestrated run knows beyond its events: what it set going in which stack, what it has done to each so far,
 * and what is to be done next. Small enough to be kept as a row for each stack.
 */
import type { FailureMode } from "../../protocol/deployment/deployment-event-parts.ts";

/**
 * Something that was set going in a stack and has not ended yet: it is deployed; CloudFormation's clearing up is waited
 * for; one that was paused is rolled back; one that could never be created is cleared away for a new one; it is restored
 * as it was; CloudFormation's own rollback, stuck, goes on; it is deleted.
 */
export type TaskKind = "deploy" | "wait" | "unpause" | "clear" | "revert" | "resume" | "remove";

/** What is done for the sake of deploying a stack. */
const FORWARD: ReadonlySet<TaskKind> = new Set<TaskKind>(["deploy", "wait", "unpause", "clear"]);

/** Whether a task belongs to deploying the stack, and not to taking that back or deleting it. */
export const isForward = ({ kind }: Pick<Task, "kind">): boolean => FORWARD.has(kind);

export type Task = Readonly<{
  kind: TaskKind;
  /** Whether a change set makes the stack or changes it. */
  change?: "CREATE" | "UPDATE";
  changeSetId?: string;
  /** A failure pauses the stack again. */
  staysPaused?: boolean;
  /** When it was begun. */
  since?: string;
  /** AWS cannot be asked how far it is: why, and since when. It goes on in CloudFormation, and so the run waits. */
  unseen?: Readonly<{ code: string; message: string; since: string }>;
  /** CloudFormation has taken it: its end is the tracker's to tell. */
  accepted: boolean;
  /** The stack has reported that it has begun with it: what it tells from then on is of this task. */
  begun?: boolean;
  /** Nothing was to be rolled back in the stack before this. */
  isFirst?: boolean;
  /** What is to be reported its good end. */
  reason?: string;
  /** CloudFormation was asked to give it up. */
  cancelled?: boolean;
}>;

/** What was done to a stack since the last good end, and must be rolled back to be back there. */
export type UndoRecord = Readonly<{
  how: "created" | "updated";
  /** What became of undoing it; absent: not rolled back yet. */
  back?: "well" | "failed";
}>;

/** The run that has brought a stack where it is to be: by deploying it, or as nothing was to change in it. */
export type Done = Readonly<{ run: number; isDeployed: boolean }>;

/** A run that Stackcast carries out. */
export type Orchestration = Readonly<{
  run: number;
  purpose: "deploy" | "destroy";
  onFailure: FailureMode;
  /** Counts the workflow instances of the run: an older one that still lives has nothing to say. */
  generation: number;
  /** Templates, parameters and capabilities fit together. */
  validated: boolean;
  /** Stacks that the runs before it have brought where they are to be, and which of them did, as far as is known. */
  done: readonly string[];
  doneBy?: Readonly<Record<string, Done>>;
  /** By stack, what CloudFormation's own rollback is to leave as it is, as the user has chosen. */
  skipped?: Readonly<Record<string, readonly string[]>>;
  /** How often users had the run, when it was over, rolled back: what was asked for before is asked for under a new name. */
  rollbacks?: number;
}>;

/** What the workflow is to do next. Each may be done twice, or half, and then again. */
export type Action = Readonly<
  { kind: "validate" } | { kind: "deploy" | "cancel" | "revert" | "remove"; stack: string }
>;

/**
 * What the workflow that carries a run out and the deployment that knows its state say to each other. Templates and
 * previous stacks cross only inside of one step, never as its result.
 */
import type { DeploymentAddress, StackAddress } from "../../protocol/connection/channel-names.ts";
import type { ErrorDetail, FailureMode, RunOrder } from "../../protocol/deployment/deployment-event-parts.ts";
import type { RunSource } from "../../protocol/deployment/run-source.ts";
import type { StackOptions } from "../../protocol/stack/stack-options.ts";
import type { ParameterValue } from "../../protocol/stack/stack-parameters.ts";
import type { Action, UndoRecord, Task, TaskKind } from "./task.ts";

/** A stack as it is to be deployed, but for a template that is sent as it is. */
export type StackPlan = Readonly<{
  name: string;
  stackName: string;
  /** See `StackAddress`. */
  account?: string;
  region: string;
  dependsOn: readonly string[];
  parameters: Readonly<Record<string, ParameterValue>>;
  capabilities: readonly string[];
  tags: Readonly<Record<string, string>>;
  templateUrl?: string;
  /** Parameters that are not named take the template's defaults, also in an update. */
  exactParameters?: boolean;
  /** Tags that are not named are removed. */
  replaceTags?: boolean;
  /** Logical ids that are left behind where a stack could not be deleted. */
  retain?: readonly string[];
  options?: StackOptions;
}>;

/** What is to be deployed, and how: kept for the next run, too. */
export type DeploymentPlan = Readonly<{
  stacks: readonly StackPlan[];
  onFailure: FailureMode;
  /** Absent: by dependencies. */
  order?: RunOrder;
  owner?: string;
}>;

/** A deploy that waits for the end of the run that is under way. */
export type QueuedRun = Readonly<{
  id: string;
  user: string;
  plan: DeploymentPlan;
  /** Its templates were sent with it; else they are those of the plan that is kept. */
  hasTemplates: boolean;
  source?: RunSource;
}>;

/** All that made a stack what it was before it was touched. */
export type PreviousStack = Readonly<{
  template: string;
  parameters: Readonly<Record<string, string | Readonly<{ usePrevious: true }>>>;
  tags: Readonly<Record<string, string>>;
  capabilities: readonly string[];
  notificationArns: readonly string[];
  roleArn?: string;
  /** Whether termination protection was on, where the run may have changed that. */
  isProtected?: boolean;
  /** The stack policy, where the run has set another; empty: there was none. */
  stackPolicy?: string;
}>;

/** Which workflow instance calls; one that is not the run's newest learns that the run is over for it. */
export type Caller = Readonly<{ run: number; generation: number }>;

/**
 * Whoever carries out an order for a stack. Only who holds the newest one has a say in it: a step that outlives its
 * timeout may not tell of what another has tried since.
 */
export type Holder = Caller & Readonly<{ order: number }>;

/** What the workflow is begun with. */
export type OrchestrationParams = Caller & Readonly<{ channel: string }>;

export type TurnAnswer = Readonly<{ over: boolean; actions: readonly Action[] }>;

/** All that is needed to act on one stack. */
export type RunLease = Readonly<{
  /** Counts the orders for this stack in this run. */
  number: number;
  address: DeploymentAddress;
  run: number;
  /** Of rolling the run back; from 1 where it was tried before. */
  attempt?: number;
  user: string;
  plan: StackPlan;
  template: Readonly<{ body: string }> | Readonly<{ url: string }>;
  /** Where the stacks of the deployment are, for outputs that parameters take. */
  places: Readonly<Record<string, StackAddress>>;
  task?: Task;
  mark?: UndoRecord;
  picture?: PreviousStack;
  /** Resources that CloudFormation's own rollback is to leave as they are. */
  skip?: readonly string[];
  /** A failure rolls the run back: every stack has to be such that it can be restored. */
  restores?: boolean;
}>;

/** Something is about to be set going in a stack. */
export type Start = Readonly<{
  kind: TaskKind;
  change?: "CREATE" | "UPDATE";
  changeSetId?: string;
  /** The stack is paused, and is changed so that a failure pauses it again. */
  staysPaused?: boolean;
  /** How the stack is now; kept if none is yet. */
  picture?: PreviousStack;
  /** Why, where it is not what was asked for; of a stack that is restored, what is reported at its end. */
  reason?: string;
}>;

/** What the workflow found out about a stack. */
export type Fact =
  /** CloudFormation has begun what was set going */
  | Readonly<{ kind: "accepted"; task: TaskKind }>
  /** and was asked to give it up */
  | Readonly<{ kind: "cancelled" }>
  /** what stood in the way of deploying the stack is over */
  | Readonly<{ kind: "ready" }>
  /** it was not started after all */
  | Readonly<{ kind: "withdrawn" }>
  /** the stack is what it is to become */
  | Readonly<{ kind: "unchanged" }>
  /** the stack is what it was before */
  | Readonly<{ kind: "back"; reason?: string }>
  /** there is no such stack */
  | Readonly<{ kind: "gone" }>
  | Readonly<{
      kind: "failed";
      error: ErrorDetail;
      /** CloudFormation is known not to have begun with what was set going. */
      isUntouched?: boolean;
    }>
  /** AWS lets nobody see what became of it */
  | Readonly<{ kind: "unseen"; error: ErrorDetail }>
  /** and does again */
  | Readonly<{ kind: "seen" }>
  /** AWS could not be asked, however often it was tried */
  | Readonly<{ kind: "unreached"; error: ErrorDetail }>;

/** What keeps stacks from being deployed, found before anything was begun. */
export type PlanFault = Readonly<{ stack: string; error: ErrorDetail }>;

/** Type of the event that wakes the workflow. */
export const NEWS = "news";

/** What a poll brings to a stack's state, and what comes of it. */
import type { StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { Plan } from "../template/plan.ts";
import type { TemplateSchedule } from "../template/template-schedule.ts";
import type { Learned } from "../estimate/learned.ts";
import type { CauseEvidence } from "../evidence/cause-evidence.ts";
import type { StackEvent } from "./stack-event.ts";
import type { FollowedStack, StackState } from "./stack-state.ts";

/** What one poll found out. */
export type Findings = Readonly<{
  /** ARN of the tracked stack. */
  rootId: string;
  rootName: string;
  /** Unseen events of the root and its nested stacks, in the order in which they are to be reported. */
  events: readonly StackEvent[];
  /** The tracked stack's status before the first of them, where events were left out that tell of it. */
  previousStatus?: string;
  /** ARNs of the stacks whose events were read, all the way down to what was known, or are not to be had. */
  read: ReadonlySet<string>;
  /** What the operation met in this poll is to touch, by the stack's ARN. */
  plans: ReadonlyMap<string, Plan>;
  /** What the templates of these operations say of order and time, by the stack's ARN. */
  schedules?: ReadonlyMap<string, TemplateSchedule>;
  /** When this was found out, in milliseconds of the epoch; absent: nothing is reported what takes long. */
  now?: number;
  /** What was found out about the cause, reported with what comes next. */
  evidence?: CauseEvidence | undefined;
  /** How long things take here, as far as that was learned. */
  learned?: Learned | undefined;
  /** Keys of events that were left out, oldest first, by their stack's ARN: what stands below them is not late. */
  past?: ReadonlyMap<string, readonly string[]>;
  /** Events were kept back whose operation has not shown its start yet. */
  held?: boolean;
  /** What DescribeStacks said, if it was asked; `denied` if it may not be, or knows the stack no more. */
  description?: Readonly<{ status: string; outputs: Readonly<Record<string, string>> }> | "denied";
}>;

/** What an operation of the stack is to touch, and in which order, as far as that was found out. */
export const planFound = (
  { plans, schedules }: Findings,
  stackId: string,
): Pick<FollowedStack, "planned" | "dependencies" | "timeouts"> => {
  const { dependencies = {}, timeouts = {} } = schedules?.get(stackId) ?? {};
  return {
    planned: plans.get(stackId) ?? {},
    ...(Object.keys(dependencies).length > 0 && { dependencies }),
    ...(Object.keys(timeouts).length > 0 && { timeouts }),
  };
};

export type Advance = Readonly<{
  state: StackState;
  /** Durable frames, in the order of their offsets. */
  frames: readonly StackFrame[];
  /** Whether a newer attempt began: what was kept of the one before is obsolete. */
  renewed: boolean;
  touchedResources: ReadonlySet<string>;
  touchedStacks: ReadonlySet<string>;
  /** Whether anything is to be kept at all. */
  changed: boolean;
}>;

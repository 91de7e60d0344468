/** A change set: what a stack is proposed to become, and how that differs from what it is. */
import type { Change } from "./template/difference.ts";
import type { GivenParameter } from "./template/parameters.ts";
import type { Settings, Stack, Validation } from "./stack.ts";

/** One proposal; its status moves on by itself, its execution status by what is done with it. */
export type ChangeSet = {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly stack: Stack;
  readonly isCreate: boolean;
  readonly createdAt: string;
  readonly description: string;
  readonly settings: Settings;
  readonly given: readonly GivenParameter[];
  /** With the ARN of the nested stack's own change set, where the set was made with IncludeNestedStacks. */
  readonly changes: readonly (Change & { readonly changeSetId?: string })[];
  readonly parentId?: string;
  /** Of a nested one: the set that was asked for. */
  readonly rootId?: string;
  readonly includesNested: boolean;
  /** Of the call that made it; empty if that had none. */
  readonly token: string;
  /** Of its own making, which is an operation of the stack's. */
  readonly operationId: string;
  readonly validations: readonly Validation[];
  /** When it was complete or had failed; empty before. */
  endedAt: string;
  /** Of the call that executed it. */
  executionToken?: string | undefined;
  /** `CREATE_PENDING`, `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `FAILED` */
  status: string;
  reason: string;
  executionStatus: string;
};

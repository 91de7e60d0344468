/**
 * CloudFormation as those ask it who change stacks. Every call may be made again: with the same token it is the same
 * operation, and what the stack is already is not started again.
 */
import type * as z from "zod";
import { failed, success } from "../../protocol/result.ts";
import { templateBody } from "./cloudformation-answers.ts";
import {
  createdStack,
  done,
  stackSnapshots,
  stackPolicy,
  updatedStack,
  validatedTemplate,
} from "./operation-answers.ts";
import type { AwsSession } from "../identity/session.ts";
import { stackCall, type CallAnswer } from "./stack-call.ts";
import {
  listForm,
  templateForm,
  desiredForm,
  type DesiredStack,
  type TemplateSource,
} from "./desired-stack.ts";

/**
 * All that makes a stack what it is, but for its template. Its parameters, tags, capabilities and topics are as a request
 * takes them, so that a stack can be restored; a secret parameter is only shown as "the one it has".
 */
export type StackSnapshot = Readonly<z.infer<typeof stackSnapshots>[number]>;

/** What a template asks of whoever deploys it. */
export type TemplateDemands = Readonly<z.infer<typeof validatedTemplate>>;

type BegunOperation = Readonly<{ stackId: string; operationId?: string }>;

/** At most 128 letters, digits and hyphens; it stands on every event of the operation. */
type Tokened = Readonly<{ token: string }>;

/** `stack` is a name or an ARN. */
export type StackOperations = Readonly<{
  /** Fails with `exists` if another call made a stack of this name, whatever its status. */
  create(
    name: string,
    desired: DesiredStack,
    how: Tokened &
      Readonly<{
        disableRollback?: boolean;
        onFailure?: "ROLLBACK" | "DO_NOTHING" | "DELETE";
        timeoutMinutes?: number;
        stackPolicy?: string;
        isProtected?: boolean;
      }>,
  ): CallAnswer<BegunOperation>;
  /** Fails with `unchanged` if nothing is to be done. */
  update(
    stack: string,
    desired: DesiredStack,
    how: Tokened & Readonly<{ disableRollback?: boolean }>,
  ): CallAnswer<BegunOperation>;
  /** Switches termination protection on or off; it may be that already. */
  protect(stack: string, isProtected: boolean): CallAnswer<null>;
  /** The stack policy, as JSON; empty if there is none. */
  policy(stack: string): CallAnswer<string>;
  setPolicy(stack: string, policy: string): CallAnswer<null>;
  /**
   * Succeeds for a name that no stack has. `retain` (logical ids) and `force` are for a stack in DELETE_FAILED: AWS
   * refuses them in any other state.
   */
  delete(
    stack: string,
    how: Tokened & Readonly<{ retain?: readonly string[]; force?: boolean }>,
  ): CallAnswer<null>;
  /** The update that runs rolls back. */
  cancelUpdate(stack: string, how: Tokened): CallAnswer<null>;
  /** For UPDATE_ROLLBACK_FAILED. `skip`: logical ids to leave as they are. */
  continueRollback(stack: string, how: Tokened & Readonly<{ skip?: readonly string[] }>): CallAnswer<null>;
  /** For CREATE_FAILED and UPDATE_FAILED: what was paused goes back. */
  rollBack(stack: string, how: Tokened): CallAnswer<null>;
  snapshot(stack: string): CallAnswer<StackSnapshot>;
  /** As it was sent, to the letter. */
  templateText(stack: string): CallAnswer<string>;
  /** Fails with `rejected` and AWS's words if it is no template. */
  validate(template: Exclude<TemplateSource, { usePrevious: true }>): CallAnswer<TemplateDemands>;
}>;

/** CloudFormation in the session's region. */
export const stackOperations = (session: AwsSession): StackOperations => {
  const ask = stackCall(session);
  const rollbackFlag = ({ disableRollback }: Readonly<{ disableRollback?: boolean }>) =>
    disableRollback === undefined ? undefined : String(disableRollback);
  return {
    create: (name, desired, how) =>
      ask(
        "CreateStack",
        {
          StackName: name,
          ...desiredForm(desired),
          ClientRequestToken: how.token,
          DisableRollback: rollbackFlag(how),
          OnFailure: how.onFailure,
          TimeoutInMinutes: how.timeoutMinutes === undefined ? undefined : String(how.timeoutMinutes),
          StackPolicyBody: how.stackPolicy,
          EnableTerminationProtection: how.isProtected === undefined ? undefined : String(how.isProtected),
        },
        createdStack,
      ),
    update: (stack, desired, how) =>
      ask(
        "UpdateStack",
        {
          StackName: stack,
          ...desiredForm(desired),
          ClientRequestToken: how.token,
          DisableRollback: rollbackFlag(how),
        },
        updatedStack,
      ),
    protect: (stack, isProtected) =>
      ask(
        "UpdateTerminationProtection",
        { StackName: stack, EnableTerminationProtection: String(isProtected) },
        done,
      ),
    policy: (stack) => ask("GetStackPolicy", { StackName: stack }, stackPolicy),
    setPolicy: (stack, policy) => ask("SetStackPolicy", { StackName: stack, StackPolicyBody: policy }, done),
    async delete(stack, { token, retain, force }) {
      const answer = await ask(
        "DeleteStack",
        {
          StackName: stack,
          ClientRequestToken: token,
          ...(retain && retain.length > 0 && listForm("RetainResources", retain)),
          DeletionMode: force ? "FORCE_DELETE_STACK" : undefined,
        },
        done,
      );
      return !answer.ok && answer.failure.kind === "missing" ? success(null) : answer;
    },
    cancelUpdate: (stack, { token }) =>
      ask("CancelUpdateStack", { StackName: stack, ClientRequestToken: token }, done),
    continueRollback: (stack, { token, skip }) =>
      ask(
        "ContinueUpdateRollback",
        {
          StackName: stack,
          ClientRequestToken: token,
          ...(skip && skip.length > 0 && listForm("ResourcesToSkip", skip)),
        },
        done,
      ),
    rollBack: (stack, { token }) =>
      ask("RollbackStack", { StackName: stack, ClientRequestToken: token }, done),
    async snapshot(stack) {
      const stacks = await ask("DescribeStacks", { StackName: stack }, stackSnapshots);
      if (!stacks.ok) return stacks;
      const found = stacks.value[0];
      return found
        ? success(found)
        : failed({ kind: "missing", message: `Stack ${stack} is not in the answer` });
    },
    templateText: (stack) =>
      ask("GetTemplate", { StackName: stack, TemplateStage: "Original" }, templateBody),
    async validate(template) {
      const answer = await ask("ValidateTemplate", templateForm(template), validatedTemplate);
      if (answer.ok || answer.failure.kind !== "missing") return answer;
      // No stack was asked for: moto words whatever it finds in a template so.
      return failed({ kind: "rejected", code: "ValidationError", message: answer.failure.message });
    },
  };
};

/**
 * CloudFormation as those ask it who change stacks. Every call may be made again: with the same token it is the same
 * operation, and what the stack is already is not begun anew.
 */
import type * as z from "zod";
import { failed, success } from "../../protocol/result.ts";
import { templateBody } from "./cloudformation-answers.ts";
import {
  createdStack,
  done,
  picturedStacks,
  stackPolicy,
  updatedStack,
  validatedTemplate,
} from "./operation-answers.ts";
import type { AwsSession } from "../identity/session.ts";
import { stackCall, type StackAnswer } from "./stack-call.ts";
import { listForm, templateForm, wishForm, type StackWish, type TemplateSource } from "./stack-wish.ts";

/**
 * All that makes a stack what it is, but for its template. Its parameters, tags, capabilities and topics are as a wish
 * takes them, so that a stack can be put back; a secret parameter is only told as "the one it has".
 */
export type StackPicture = Readonly<z.infer<typeof picturedStacks>[number]>;

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
    wish: StackWish,
    how: Tokened &
      Readonly<{
        disableRollback?: boolean;
        onFailure?: "ROLLBACK" | "DO_NOTHING" | "DELETE";
        timeoutMinutes?: number;
        stackPolicy?: string;
        isProtected?: boolean;
      }>,
  ): StackAnswer<BegunOperation>;
  /** Fails with `unchanged` if nothing is to be done. */
  update(
    stack: string,
    wish: StackWish,
    how: Tokened & Readonly<{ disableRollback?: boolean }>,
  ): StackAnswer<BegunOperation>;
  /** Switches termination protection on or off; it may be that already. */
  protect(stack: string, isProtected: boolean): StackAnswer<null>;
  /** The stack policy, as JSON; empty if there is none. */
  policy(stack: string): StackAnswer<string>;
  setPolicy(stack: string, policy: string): StackAnswer<null>;
  /**
   * Succeeds for a name that no stack has. `retain` (logical ids) and `force` are for a stack in DELETE_FAILED: AWS
   * refuses them in any other state.
   */
  delete(
    stack: string,
    how: Tokened & Readonly<{ retain?: readonly string[]; force?: boolean }>,
  ): StackAnswer<null>;
  /** The update that runs rolls back. */
  cancelUpdate(stack: string, how: Tokened): StackAnswer<null>;
  /** For UPDATE_ROLLBACK_FAILED. `skip`: logical ids to leave as they are. */
  continueRollback(stack: string, how: Tokened & Readonly<{ skip?: readonly string[] }>): StackAnswer<null>;
  /** For CREATE_FAILED and UPDATE_FAILED: what was paused goes back. */
  rollBack(stack: string, how: Tokened): StackAnswer<null>;
  picture(stack: string): StackAnswer<StackPicture>;
  /** As it was sent, to the letter. */
  templateText(stack: string): StackAnswer<string>;
  /** Fails with `rejected` and AWS's words if it is no template. */
  validate(template: Exclude<TemplateSource, { usePrevious: true }>): StackAnswer<TemplateDemands>;
}>;

/** CloudFormation in the session's region. */
export const stackOperations = (session: AwsSession): StackOperations => {
  const ask = stackCall(session);
  const rollbackFlag = ({ disableRollback }: Readonly<{ disableRollback?: boolean }>) =>
    disableRollback === undefined ? undefined : String(disableRollback);
  return {
    create: (name, wish, how) =>
      ask(
        "CreateStack",
        {
          StackName: name,
          ...wishForm(wish),
          ClientRequestToken: how.token,
          DisableRollback: rollbackFlag(how),
          OnFailure: how.onFailure,
          TimeoutInMinutes: how.timeoutMinutes === undefined ? undefined : String(how.timeoutMinutes),
          StackPolicyBody: how.stackPolicy,
          EnableTerminationProtection: how.isProtected === undefined ? undefined : String(how.isProtected),
        },
        createdStack,
      ),
    update: (stack, wish, how) =>
      ask(
        "UpdateStack",
        {
          StackName: stack,
          ...wishForm(wish),
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
    async picture(stack) {
      const stacks = await ask("DescribeStacks", { StackName: stack }, picturedStacks);
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

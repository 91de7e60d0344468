/** CloudFormation's change sets as an orchestrator asks for them: proposed, awaited, executed, thrown away. */
import { success } from "../../protocol/result.ts";
import type { StackOptions } from "../../protocol/stack/stack-options.ts";
import { reasonQuestions, refusalReasonOf, type RefusalReason } from "./change-set-reason.ts";
import { changeSetStatus, createdChangeSet, done } from "./operation-answers.ts";
import type { AwsSession } from "../identity/session.ts";
import { stackCall, type CallAnswer } from "./stack-call.ts";
import { desiredForm, type DesiredStack } from "./desired-stack.ts";

/** What is to be done about a change set. */
type ChangeSetVerdict =
  /** ask again in a moment */
  | "computing"
  | "ready"
  /** there is nothing to change */
  | "unchanged"
  /** it cannot be made; the reason says why */
  | "refused"
  | "executing"
  | "executed"
  | "execution-failed"
  /** another one was executed, or the stack has changed since */
  | "obsolete"
  | "deleted";

export type ChangeSetState = Readonly<{
  changeSetId: string;
  stackId: string;
  stackName: string;
  verdict: ChangeSetVerdict;
  /** AWS's own words for it; empty if there are none. */
  reason: string;
  status: string;
  executionStatus: string;
}>;

/** An ARN, or a name with the stack whose it is. */
type ChangeSetRef = Readonly<{ name: string; stack?: string }>;

type Proposal = Readonly<{
  /** A name or, for an update, an ARN. */
  stack: string;
  /** Unique for the stack, at most 128 letters, digits and hyphens, the first a letter. */
  name: string;
  type: "CREATE" | "UPDATE";
  token?: string;
  description?: string;
  options?: ChangeSetOptions;
}>;

/** Those that say how the set is made; `onStackFailure` keeps `disableRollback` from being given when it is executed. */
type ChangeSetOptions = Pick<
  StackOptions,
  "onStackFailure" | "importExisting" | "includeNestedStacks" | "deploymentMode"
>;

export type ChangeSets = Readonly<{
  /** Answers before it is computed. A set of type CREATE makes a stack in REVIEW_IN_PROGRESS, if there is none. */
  create(
    proposal: Proposal,
    desired: DesiredStack,
  ): CallAnswer<Readonly<{ changeSetId: string; stackId: string }>>;
  state(changeSet: ChangeSetRef): CallAnswer<ChangeSetState>;
  /** Why a set was refused, looked up where AWS's reason points to. */
  reasonOf(changeSet: Pick<ChangeSetState, "changeSetId" | "stackName" | "reason">): Promise<RefusalReason>;
  /** Succeeds if it is executed already, by whomever. `disableRollback`: a failure pauses the stack. */
  execute(
    changeSet: ChangeSetRef,
    how: Readonly<{ token: string; disableRollback?: boolean }>,
  ): CallAnswer<null>;
  /** Succeeds if it is not there. A stack in REVIEW_IN_PROGRESS stays. */
  delete(changeSet: ChangeSetRef): CallAnswer<null>;
}>;

/** AWS fails a set without changes in one of two wordings, the second where the template has a Transform. */
const NO_CHANGES = /^(?:The submitted information didn't contain changes\.|No updates are to be performed\.)/;

const verdictOf = (status: string, executionStatus: string, reason: string): ChangeSetVerdict => {
  if (status.startsWith("DELETE_")) return "deleted";
  if (status === "FAILED") return NO_CHANGES.test(reason) ? "unchanged" : "refused";
  switch (executionStatus) {
    case "AVAILABLE":
      return "ready";
    case "EXECUTE_IN_PROGRESS":
      return "executing";
    case "EXECUTE_COMPLETE":
      return "executed";
    case "EXECUTE_FAILED":
      return "execution-failed";
    case "OBSOLETE":
      return "obsolete";
    default:
      return "computing";
  }
};

const EXECUTED: ReadonlySet<ChangeSetVerdict> = new Set(["executing", "executed", "execution-failed"]);

/** CloudFormation in the session's region. */
export const changeSets = (session: AwsSession): ChangeSets => {
  const ask = stackCall(session);
  const refForm = ({ name, stack }: ChangeSetRef) => ({ ChangeSetName: name, StackName: stack });
  const state: ChangeSets["state"] = async (changeSet) => {
    const answer = await ask("DescribeChangeSet", refForm(changeSet), changeSetStatus);
    if (!answer.ok) return answer;
    const { status, executionStatus, reason } = answer.value;
    return success({ ...answer.value, verdict: verdictOf(status, executionStatus, reason) });
  };
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
  return {
    state,
    reasonOf: (changeSet) => refusalReasonOf(changeSet, reasonQuestions(ask)),
    create: ({ stack, name, type, token, description, options = {} }, desired) =>
      ask(
        "CreateChangeSet",
        {
          StackName: stack,
          ChangeSetName: name,
          ChangeSetType: type,
          ClientToken: token,
          Description: description,
          IncludeNestedStacks: String(options.includeNestedStacks ?? true),
          OnStackFailure: options.onStackFailure,
          ImportExistingResources: flag(options.importExisting),
          DeploymentMode: options.deploymentMode === "REVERT_DRIFT" ? "REVERT_DRIFT" : undefined,
          ...desiredForm(desired),
        },
        createdChangeSet,
      ),
    async execute(changeSet, { token, disableRollback }) {
      const parameters = {
        ...refForm(changeSet),
        ClientRequestToken: token,
        DisableRollback: flag(disableRollback),
      };
      const answer = await ask("ExecuteChangeSet", parameters, done);
      if (answer.ok || answer.failure.kind !== "wrong-state") return answer;
      const now = await state(changeSet);
      return now.ok && EXECUTED.has(now.value.verdict) ? success(null) : answer;
    },
    async delete(changeSet) {
      const answer = await ask("DeleteChangeSet", refForm(changeSet), done);
      return !answer.ok && answer.failure.kind === "missing" ? success(null) : answer;
    },
  };
};

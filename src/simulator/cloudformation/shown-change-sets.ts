/** Change sets as they are shown: one page by page, and the list of a stack's. */
import type { ChangeSet } from "../change-set.ts";
import { pageOf } from "../wire/paging.ts";
import { Refusal, validationError } from "../wire/refusal.ts";
import type { Stack } from "../stack.ts";
import type { XmlValue } from "../wire/xml.ts";
import { stackOf, type Action, type ActionRequest } from "./action.ts";
import { deploymentMember } from "./describe.ts";

/** The change set that a request means, by ARN or by its own name and its stack's. */
export const changeSetOf = ({ account, parameters, region }: ActionRequest): ChangeSet => {
  const name = parameters.required("ChangeSetName");
  const stackName = parameters.get("StackName");
  if (!name.startsWith("arn:") && stackName === undefined) {
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = stackName === undefined ? undefined : account.findStack(region, stackName);
  if (stackName !== undefined && stack === undefined)
    throw validationError(`Stack [${stackName}] does not exist`);
  const found = account.changeSets.findLast(
    (set) => set.region === region && (set.id === name || (set.stack === stack && set.name === name)),
  );
  if (found === undefined) throw new Refusal("ChangeSetNotFound", `ChangeSet [${name}] does not exist`, 404);
  return found;
};

const changeMember = (change: ChangeSet["changes"][number], stack: Stack): XmlValue => {
  const isModify = change.action === "Modify";
  return {
    Type: "Resource",
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: stack.resources.get(change.logicalId)?.physicalId,
      ResourceType: change.type,
      Replacement: isModify ? (change.replacement ? "True" : "False") : undefined,
      Scope: isModify ? (change.properties.length === 0 ? ["Metadata"] : ["Properties"]) : [],
      Details: change.properties.map((property) => ({
        Target: {
          Attribute: "Properties",
          Name: property,
          RequiresRecreation: change.replacement ? "Always" : "Never",
        },
        Evaluation: change.isDynamic ? "Dynamic" : "Static",
        ChangeSource: change.isDynamic ? "ResourceReference" : "DirectModification",
      })),
      ChangeSetId: change.changeSetId,
    },
  };
};

/** One page of the changes; none while the set is not complete. */
export const describeChangeSet: Action = (request) => {
  const set = changeSetOf(request);
  const { settings, stack } = set;
  const shown = set.status === "CREATE_COMPLETE" ? set.changes : [];
  const { pageSize } = request.account.options;
  const token = request.parameters.get("NextToken");
  const { items, nextToken } = pageOf(shown, ({ logicalId }) => logicalId, pageSize, token);
  return {
    ChangeSetName: set.name,
    ChangeSetId: set.id,
    StackId: stack.identity.id,
    StackName: stack.identity.name,
    Description: set.description || undefined,
    Parameters: settings.parameters.map(({ key, value, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho ? "****" : value,
    })),
    CreationTime: set.createdAt,
    ExecutionStatus: set.executionStatus,
    Status: set.status,
    StatusReason: set.reason || undefined,
    NotificationARNs: settings.notificationArns,
    RollbackConfiguration: {},
    Capabilities: settings.capabilities,
    Tags: settings.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    Changes: items.map((change) => changeMember(change, stack)),
    NextToken: nextToken,
    IncludeNestedStacks: set.includesNested,
    ParentChangeSetId: set.parentId,
    RootChangeSetId: set.rootId,
    OnStackFailure: settings.onFailure === "ROLLBACK" ? undefined : settings.onFailure,
    DeploymentConfig: deploymentMember(settings),
  };
};

/** The sets that were not executed yet, oldest first. */
export const listChangeSets: Action = (request) => {
  const stack = stackOf(request);
  const sets = request.account.changeSets.filter(
    (set) => set.stack === stack && set.executionStatus !== "EXECUTE_COMPLETE",
  );
  return {
    Summaries: sets.map((set) => ({
      StackId: stack.identity.id,
      StackName: stack.identity.name,
      ChangeSetId: set.id,
      ChangeSetName: set.name,
      ExecutionStatus: set.executionStatus,
      Status: set.status,
      StatusReason: set.reason || undefined,
      CreationTime: set.createdAt,
      Description: set.description || undefined,
      IncludeNestedStacks: set.includesNested,
      ParentChangeSetId: set.parentId,
    })),
  };
};

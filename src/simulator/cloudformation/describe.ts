/** The reading actions: stacks, their events, resources and templates. */
import { pageOf } from "../wire/paging.ts";
import { capabilitiesNeeded } from "../settings.ts";
import type { RecordedEvent, Settings, Stack, StackResource } from "../stack.ts";
import { templateTree } from "../template/template-tree.ts";
import { declaredTemplate } from "../template/transforms.ts";
import type { XmlValue } from "../wire/xml.ts";
import { stackOf, type Action, type ActionRequest } from "./action.ts";
import { templateBodyOf } from "./requested-stack.ts";

/** Two events of a hook may share their EventId. */
const keyOf = (event: RecordedEvent): string => `${event.EventId}#${event.HookStatus ?? ""}`;

/** One page of the list, newest first. */
export const describeStackEvents: Action = (request) => {
  const { account, parameters } = request;
  const stack = stackOf(request);
  const token = parameters.get("NextToken");
  const newestFirst = [...stack.visibleEvents].reverse();
  // A walk over several pages is one read.
  if (token === undefined) stack.countRead();
  const { items, nextToken } = pageOf(newestFirst, keyOf, account.options.pageSize, token);
  return { StackEvents: items, NextToken: nextToken };
};

const outputsOf = (stack: Stack): XmlValue =>
  stack.outputs.length === 0
    ? undefined
    : stack.outputs.map(({ key, value, description, exportName }) => ({
        OutputKey: key,
        OutputValue: value,
        Description: description,
        ExportName: exportName,
      }));

/** When the stack was last changed, and when it was deleted. */
export const timesOf = (stack: Stack): { updated: string | undefined; deleted: string | undefined } => {
  const newest = (status: RegExp): string | undefined =>
    stack.ownEvents.findLast((event) => status.test(event.ResourceStatus ?? ""))?.Timestamp;
  const isFromChangeSet = stack.ownEvents[0]?.ResourceStatus === "REVIEW_IN_PROGRESS";
  return {
    updated: newest(
      isFromChangeSet ? /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/ : /^(UPDATE|IMPORT)_IN_PROGRESS$/,
    ),
    deleted: newest(/^DELETE_IN_PROGRESS$/),
  };
};

/** Shown only where it was asked for. */
export const deploymentMember = ({ isExpress, disableRollback }: Settings): XmlValue =>
  isExpress ? { Mode: "EXPRESS", DisableRollback: disableRollback } : undefined;

const stackMember = (stack: Stack, { account, name }: ActionRequest): XmlValue => {
  const { identity, settings, ownEvents } = stack;
  const isStale =
    ownEvents.length > 1 &&
    account.faults.strike(["stale-status"], { action: name, stacks: [identity.id, identity.name] }).length >
      0;
  const newest = ownEvents.at(isStale ? -2 : -1);
  const { updated, deleted } = timesOf(stack);
  return {
    StackId: identity.id,
    StackName: identity.name,
    ChangeSetId: stack.changeSetId || undefined,
    Description: settings.description || undefined,
    Parameters:
      settings.parameters.length === 0
        ? undefined
        : settings.parameters.map(({ key, value, noEcho, resolved }) => ({
            ParameterKey: key,
            ParameterValue: noEcho ? "****" : value,
            ResolvedValue: resolved,
          })),
    CreationTime: stack.events[0]?.Timestamp,
    DeletionTime: deleted,
    LastUpdatedTime: updated,
    RollbackConfiguration: {},
    StackStatus: newest?.ResourceStatus ?? stack.status,
    StackStatusReason: newest?.ResourceStatusReason,
    DisableRollback: settings.disableRollback,
    RetainExceptOnCreate: settings.retainExceptOnCreate || undefined,
    DeploymentConfig: deploymentMember(settings),
    TimeoutInMinutes: settings.timeoutMinutes,
    RoleARN: settings.roleArn || undefined,
    NotificationARNs: settings.notificationArns,
    Capabilities: settings.capabilities.length === 0 ? undefined : settings.capabilities,
    Outputs: isStale ? undefined : outputsOf(stack),
    Tags: settings.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    EnableTerminationProtection: stack.isProtected,
    ParentId: identity.parentId,
    RootId: identity.rootId,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
    LastOperations:
      stack.operations.length === 0
        ? undefined
        : stack.operations.slice(0, 2).map(({ type, id }) => ({ OperationType: type, OperationId: id })),
  };
};

/** One stack, deleted ones by ARN; or a page of all that are not deleted. */
export const describeStacks: Action = (request) => {
  const { account, parameters, region } = request;
  if (parameters.get("StackName") !== undefined) {
    return { Stacks: [stackMember(stackOf(request, "Stack with id x does not exist"), request)] };
  }
  const here = account.stacks.filter(
    ({ identity, isGone, status }) => identity.region === region && !isGone && status,
  );
  const { items, nextToken } = pageOf(
    [...here].reverse(),
    ({ identity }) => identity.id,
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return { Stacks: items.map((stack) => stackMember(stack, request)), NextToken: nextToken };
};

const resourceFields = (resource: StackResource) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId || undefined,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.reason || undefined,
  DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
});

/** The first hundred resources that were begun. */
export const describeStackResources: Action = (request) => {
  const stack = stackOf(request, "Stack with id x does not exist");
  const { id, name } = stack.identity;
  const logicalId = request.parameters.get("LogicalResourceId");
  const resources = [...stack.resources.values()]
    .filter((resource) => logicalId === undefined || resource.logicalId === logicalId)
    .slice(0, 100);
  return {
    StackResources: resources.map((resource) => ({
      StackName: name,
      StackId: id,
      Timestamp: resource.timestamp,
      ...resourceFields(resource),
    })),
  };
};

/** A page of the resources that were begun, by logical id. */
export const listStackResources: Action = (request) => {
  const { account, parameters } = request;
  const stack = stackOf(request, "Stack with id x does not exist");
  const sorted = [...stack.resources.values()].sort((one, other) =>
    one.logicalId < other.logicalId ? -1 : 1,
  );
  const { items, nextToken } = pageOf(
    sorted,
    ({ logicalId }) => logicalId,
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return {
    StackResourceSummaries: items.map((resource) => ({
      LastUpdatedTimestamp: resource.timestamp,
      ...resourceFields(resource),
    })),
    NextToken: nextToken,
  };
};

/**
 * The template as it was sent or, unless that is asked for, once its transforms are done; of a replayed stack, one with
 * the resources that its recording names.
 */
export const getTemplate: Action = (request) => {
  const stack = stackOf(request, "Stack with id x does not exist");
  const { body, processed } = stack.settings;
  const isOriginal = request.parameters.get("TemplateStage") === "Original";
  return { TemplateBody: isOriginal ? body : processed, StagesAvailable: ["Original", "Processed"] };
};

/** What a template asks for, without a stack. */
export const validateTemplate: Action = ({ account, parameters }) => {
  const { template, transforms } = declaredTemplate(templateTree(templateBodyOf(account, parameters)));
  const capabilities = capabilitiesNeeded(template, transforms);
  return {
    Parameters: Object.entries(template.Parameters).map(([key, { Default, NoEcho, Description }]) => ({
      ParameterKey: key,
      DefaultValue: Default,
      NoEcho: NoEcho === "true",
      Description,
    })),
    Description: template.Description,
    Capabilities: capabilities.length === 0 ? undefined : capabilities,
    CapabilitiesReason:
      capabilities.length === 0
        ? undefined
        : `The following resource(s) require capabilities: [${capabilities.join(", ")}]`,
    DeclaredTransforms: transforms.length === 0 ? undefined : transforms,
  };
};

/** What a template, or that of a stack, asks for and makes. */
export const getTemplateSummary: Action = (request) => {
  const { account, parameters } = request;
  const isOfStack = parameters.get("StackName") !== undefined;
  const body = isOfStack ? stackOf(request).settings.body : templateBodyOf(account, parameters);
  const { template, transforms } = declaredTemplate(templateTree(body));
  const capabilities = capabilitiesNeeded(template, transforms);
  return {
    Parameters: Object.entries(template.Parameters).map(([key, { Type, Default, NoEcho, Description }]) => ({
      ParameterKey: key,
      ParameterType: Type,
      DefaultValue: Default,
      NoEcho: NoEcho === "true",
      Description,
    })),
    Description: template.Description,
    Capabilities: capabilities.length === 0 ? undefined : capabilities,
    ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
    DeclaredTransforms: transforms.length === 0 ? undefined : transforms,
  };
};

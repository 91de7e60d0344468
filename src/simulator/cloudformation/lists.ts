/** The lists of a whole region: its stacks, deleted ones too, and what they export and import. */
import { exportsIn, importersOf } from "../exports.ts";
import { pageOf } from "../wire/paging.ts";
import { validationError } from "../wire/refusal.ts";
import type { Action } from "./action.ts";
import { timesOf } from "./describe.ts";

/** A page of all stacks, the newest first, or of those in the wanted statuses. */
export const listStacks: Action = ({ account, parameters, region }) => {
  const wanted = new Set(parameters.list("StackStatusFilter"));
  const here = account.stacks.filter(
    ({ identity, status }) =>
      identity.region === region && status !== "" && (wanted.size === 0 || wanted.has(status)),
  );
  const { items, nextToken } = pageOf(
    [...here].reverse(),
    ({ identity }) => identity.id,
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return {
    StackSummaries: items.map((stack) => {
      const { updated, deleted } = timesOf(stack);
      return {
        StackId: stack.identity.id,
        StackName: stack.identity.name,
        TemplateDescription: stack.settings.description || undefined,
        CreationTime: stack.events[0]?.Timestamp,
        LastUpdatedTime: updated,
        DeletionTime: deleted,
        StackStatus: stack.status,
        StackStatusReason: stack.ownEvents.at(-1)?.ResourceStatusReason,
        ParentId: stack.identity.parentId,
        RootId: stack.identity.rootId,
        DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
      };
    }),
    NextToken: nextToken,
  };
};

/** A page of what the region's stacks export, by name. */
export const listExports: Action = ({ account, parameters, region }) => {
  const { items, nextToken } = pageOf(
    exportsIn(account, region),
    ({ name }) => name,
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return {
    Exports: items.map(({ name, value, stack }) => ({
      ExportingStackId: stack.identity.id,
      Name: name,
      Value: value,
    })),
    NextToken: nextToken,
  };
};

/** Refused if nobody imports it. */
export const listImports: Action = ({ account, parameters, region }) => {
  const name = parameters.required("ExportName");
  const importers = importersOf(account, region, name);
  if (importers.length === 0) throw validationError(`Export '${name}' is not imported by any stack.`);
  const { items, nextToken } = pageOf(
    importers,
    (stack) => stack,
    account.options.pageSize,
    parameters.get("NextToken"),
  );
  return { Imports: items, NextToken: nextToken };
};

/** The change sets of nested stacks, which exist only where the root's set asked for them. */
import type { Account } from "../account.ts";
import type { ChangeSet } from "../change-set.ts";
import { childSettingsOf } from "../play/child-settings.ts";
import { Refusal } from "../refusal.ts";
import { Stack, STACK_TYPE, type Settings } from "../stack.ts";
import { differenceOf, type Change } from "../template/difference.ts";

/** The change with its child's own change set behind it; the change as it is, if it is no nested stack. */
export const nestedChangeSetOf = (
  account: Account,
  parent: Stack,
  parentSettings: Settings,
  parentSetId: string,
  change: Change,
): ChangeSet["changes"][number] => {
  const resource = parentSettings.plan?.resources.get(change.logicalId);
  if (change.type !== STACK_TYPE || change.action === "Remove" || resource === undefined) return change;
  const physicalId = parent.resources.get(change.logicalId)?.physicalId;
  const existing = account.stacks.find(({ identity }) => identity.id === physicalId);
  const { region, name: parentName, id: parentId } = parent.identity;
  const name = `${parentName}-${change.logicalId}`;
  const identity = existing?.identity ?? {
    id: account.arnOf(region, "stack", name, account.uuid()),
    name,
    region,
    parentId,
    rootId: parent.identity.rootId ?? parentId,
  };
  const settings = childSettingsOf(account, resource.properties, identity, existing?.settings);
  if (settings instanceof Refusal || settings.plan === undefined) return change;
  const before = existing?.settings.plan ?? { ...settings.plan, resources: new Map(), outputs: [] };
  const stack = existing ?? new Stack(identity, settings, account.options.seed);
  const id = account.arnOf(region, "changeSet", name, account.uuid());
  account.changeSets.push({
    id,
    name,
    region,
    stack,
    isCreate: existing === undefined,
    createdAt: new Date().toISOString(),
    description: "",
    settings,
    given: [],
    changes: differenceOf(before, settings.plan).map((inner) =>
      nestedChangeSetOf(account, stack, settings, id, inner),
    ),
    parentId: parentSetId,
    includesNested: true,
    token: "",
    status: "CREATE_COMPLETE",
    reason: "",
    executionStatus: "AVAILABLE",
  });
  return { ...change, changeSetId: id };
};

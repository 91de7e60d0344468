/** The change sets of nested stacks, which exist only where the root's set asked for them. */
import type { Account } from "../account.ts";
import type { ChangeSet } from "../change-set.ts";
import { validationReasonOf, validationsOf } from "../early-validation.ts";
import { childSettingsOf } from "../play/child-settings.ts";
import { randomOf, uuidOf } from "../random.ts";
import { Refusal } from "../wire/refusal.ts";
import { Stack, STACK_TYPE, type Settings } from "../stack.ts";
import { differenceOf, type Change } from "../template/difference.ts";
import { unresolvedOf } from "../template/plan.ts";

/** The set that a nested one belongs to. */
export type ParentSet = Readonly<{
  id: string;
  stack: Stack;
  settings: Settings;
  /** Of the set that was asked for. */
  rootId: string;
  rootStack: Stack;
  /** From the root's stack to this one: empty, or `Child/`. */
  path: string;
}>;

/** A nested change set as a change shows it. */
type NestedChange = ChangeSet["changes"][number];

/** The operation that makes a change set has an id of its own. */
export const operationIdOf = (account: Account, setId: string): string =>
  uuidOf(randomOf(account.options.seed, setId, "operation"));

/** Why a set fails because of the sets below it. */
export const nestedReasonOf = (account: Account, changes: readonly NestedChange[]): string | undefined => {
  const failed = changes.find(
    ({ changeSetId }) => account.changeSets.find(({ id }) => id === changeSetId)?.status === "FAILED",
  );
  return (
    failed && `Nested change set ${failed.changeSetId} was not successfully created: Currently in FAILED.`
  );
};

/** What cannot be had: a stack of which a change set knows no more than its name. */
const unknownSettings = (settings: Settings): Settings => {
  const { plan: _, ...rest } = settings;
  return { ...rest, body: "", description: "", parameters: [] };
};

/** The change with its child's own change set behind it; the change as it is, if it is no nested stack. */
export const nestedChangeSetOf = (account: Account, parent: ParentSet, change: Change): NestedChange => {
  const { stack: parentStack, rootId, rootStack } = parent;
  const resource = parent.settings.plan?.resources.get(change.logicalId);
  if (change.type !== STACK_TYPE || change.action === "Remove" || resource === undefined) return change;
  const physicalId = parentStack.resources.get(change.logicalId)?.physicalId;
  const existing = account.stacks.find(({ identity }) => identity.id === physicalId);
  const { region, name: parentName, id: parentStackId } = parentStack.identity;
  const name = `${parentName}-${change.logicalId}`;
  const identity = existing?.identity ?? {
    id: account.arnOf(region, "stack", name, account.uuid()),
    name,
    region,
    parentId: parentStackId,
    rootId: parentStack.identity.rootId ?? parentStackId,
  };
  // A change set knows the names of what exists, and puts a text in the place of what does not yet.
  const properties = unresolvedOf(resource.properties, (id) => parentStack.resources.has(id));
  const known = childSettingsOf(account, properties, identity, existing?.settings);
  const settings = known instanceof Refusal ? unknownSettings(parent.settings) : known;
  const stack = existing ?? new Stack(identity, settings, account.options.seed);
  const id = account.arnOf(region, "changeSet", name, account.uuid());
  const path = `${parent.path}${change.logicalId}/`;
  const inner =
    settings.plan === undefined ? [] : differenceOf(planBefore(existing, settings), settings.plan);
  const child: ParentSet = { id, stack, settings, rootId, rootStack, path };
  const changes = inner.map((one) => nestedChangeSetOf(account, child, one));
  const validations = validationsOf(account, rootStack, path, inner);
  const reason =
    known instanceof Refusal
      ? known.message
      : (nestedReasonOf(account, changes) ?? validationReasonOf(validations));
  const now = new Date().toISOString();
  account.changeSets.push({
    id,
    name,
    region,
    stack,
    isCreate: existing === undefined,
    createdAt: now,
    endedAt: now,
    description: "",
    settings,
    given: [],
    changes,
    parentId: parent.id,
    rootId,
    includesNested: true,
    token: "",
    operationId: operationIdOf(account, id),
    validations,
    status: reason === undefined ? "CREATE_COMPLETE" : "FAILED",
    reason: reason ?? "",
    executionStatus: reason === undefined ? "AVAILABLE" : "UNAVAILABLE",
  });
  return { ...change, changeSetId: id };
};

const planBefore = (existing: Stack | undefined, { plan }: Settings): NonNullable<Settings["plan"]> => {
  const before = existing?.settings.plan;
  if (before !== undefined) return before;
  if (plan === undefined) throw new Error("Nothing is planned");
  return { ...plan, resources: new Map(), outputs: [] };
};

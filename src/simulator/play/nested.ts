/**
 * The steps of a nested stack: the parent sees a resource whose physical id is the child's ARN, the child has its
 * own list of events. After an update the child waits in its clean-up status until the parent reaches its own.
 */
import type { Account } from "../account.ts";
import { Refusal } from "../wire/refusal.ts";
import { suffixOf } from "../random.ts";
import { Stack, STACK_TYPE } from "../stack.ts";
import { differenceOf } from "../template/difference.ts";
import type { PlannedResource } from "../template/plan.ts";
import { childSettingsOf } from "./child-settings.ts";
import { playCreate } from "./creation.ts";
import { leafSteps } from "./leaf.ts";
import { Operation } from "./operation.ts";
import { playDelete } from "./removal.ts";
import type { Steps } from "./steps.ts";
import { StackUpdate } from "./update.ts";

/** Whether a nested stack's template has changed at its address. */
export const hasNewTemplate =
  (account: Account, stack: Stack) =>
  (resource: PlannedResource): boolean => {
    if (resource.type !== STACK_TYPE) return false;
    const physicalId = stack.resources.get(resource.logicalId)?.physicalId;
    const child = account.stacks.find(({ identity }) => identity.id === physicalId);
    return (
      child !== undefined &&
      account.textAt(String(resource.properties["TemplateURL"])) !== child.settings.body
    );
  };

/** The steps of every resource, nested stacks included. */
export const stepsOf = (account: Account): Steps => {
  const updates = new WeakMap<Stack, StackUpdate>();
  const childOf = (physicalId: string): Stack | undefined =>
    account.stacks.find(({ identity }) => identity.id === physicalId);

  const nested: Steps = {
    create: async (operation, resource) => {
      const { id: parentId, rootId, region, name: parent } = operation.stack.identity;
      const fail = (physicalId: string, reason: string): false => {
        operation.resource(resource, physicalId, "CREATE_FAILED", { reason });
        return false;
      };
      operation.resource(resource, "", "CREATE_IN_PROGRESS");
      if ((await operation.pause(0.7, operation.cancel)) === "cancelled")
        return fail("", "Resource creation cancelled");
      const failure = account.failureOf(operation.stack, resource.logicalId);
      if (failure !== undefined && (failure.at ?? "create") === "create") return fail("", failure.reason);
      const name = `${parent}-${resource.logicalId}-${suffixOf(operation.stack.random).toUpperCase()}`.slice(
        -128,
      );
      const id = account.arnOf(region, "stack", name, account.uuid());
      const identity = { id, name, region, parentId, rootId: rootId ?? parentId };
      const settings = childSettingsOf(
        account,
        operation.propertiesOf(resource),
        identity,
        undefined,
        operation.stack.settings,
      );
      if (settings instanceof Refusal) return fail("", settings.message);
      const child = new Stack(identity, settings, account.options.seed);
      account.stacks.push(child);
      operation.resource(resource, id, "CREATE_IN_PROGRESS", { reason: "Resource creation Initiated" });
      const reason = await playCreate(account, child, steps, undefined, operation.cancel);
      if (operation.cancel.aborted && reason !== undefined) return fail(id, "Resource creation cancelled");
      await operation.pause(2);
      if (reason !== undefined)
        return fail(id, `Embedded stack ${id} was not successfully created: ${reason}`);
      operation.resource(resource, id, "CREATE_COMPLETE");
      return true;
    },

    update: async (operation, resource, change) => {
      const id = operation.physicalIdOf(resource.logicalId);
      const touched = { change, resource, oldPhysicalId: id, newPhysicalId: id };
      const child = childOf(id);
      operation.resource(resource, id, "UPDATE_IN_PROGRESS");
      const settings =
        child &&
        childSettingsOf(
          account,
          operation.propertiesOf(resource),
          child.identity,
          child.settings,
          operation.stack.settings,
        );
      if (child === undefined || settings === undefined || settings instanceof Refusal) {
        operation.resource(resource, id, "UPDATE_FAILED", {
          reason: settings instanceof Refusal ? settings.message : `Stack [${id}] does not exist`,
        });
        return { ...touched, result: "refused" };
      }
      await operation.pause(0.6);
      const alsoModified = hasNewTemplate(account, child);
      const { plan } = child.settings;
      if (
        plan === undefined ||
        settings.plan === undefined ||
        differenceOf(plan, settings.plan, alsoModified).length === 0
      ) {
        operation.resource(resource, id, "UPDATE_COMPLETE");
        return { ...touched, result: "done" };
      }
      const update = new StackUpdate(account, child, steps, settings, undefined, alsoModified);
      updates.set(child, update);
      operation.cancel.addEventListener("abort", () => update.cancel(), { once: true });
      const end = await update.forward();
      await operation.pause(2.5);
      if (end === "updated") {
        operation.resource(resource, id, "UPDATE_COMPLETE");
        return { ...touched, result: "done" };
      }
      const cause = child.ownEvents.at(-1)?.ResourceStatusReason ?? "";
      const reason = `Embedded stack ${id} was not successfully updated. Currently in ${child.status} with reason: ${cause}`;
      operation.resource(resource, id, "UPDATE_FAILED", {
        reason: operation.cancel.aborted ? "Resource update cancelled" : reason,
      });
      return { ...touched, result: "stopped" };
    },

    restore: async (operation, { oldPhysicalId: id }, before) => {
      const child = childOf(id);
      const update = child && updates.get(child);
      operation.resource(before, id, "UPDATE_IN_PROGRESS");
      await operation.pause(0.6);
      update?.beginRollback();
      const isBack = update === undefined || (await update.rollBack());
      await operation.pause(isBack && update === undefined ? 0 : 2.5);
      operation.resource(before, id, isBack ? "UPDATE_COMPLETE" : "UPDATE_FAILED");
      return isBack;
    },

    cleanUp: async (operation, resource) => {
      const id = operation.physicalIdOf(resource.logicalId);
      const child = childOf(id);
      const update = child && updates.get(child);
      if (child?.status === "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") await update?.cleanUp();
      if (child?.status === "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS") await update?.cleanUpRollback();
      if (child !== undefined) updates.delete(child);
      await operation.pause(update === undefined ? 0.2 : 2);
      operation.resource(resource, id, "UPDATE_COMPLETE");
    },

    remove: async (operation, resource, physicalId) => {
      const child = childOf(physicalId);
      if (child === undefined || child.isGone) return leafSteps.remove(operation, resource, physicalId);
      operation.resource(resource, physicalId, "DELETE_IN_PROGRESS");
      const isGone = await playDelete(
        new Operation(account, child, "DELETE_STACK", { isExpress: operation.isExpress }),
        steps,
      );
      await operation.pause(1);
      const reason = `Embedded stack ${physicalId} was not successfully deleted: ${child.ownEvents.at(-1)?.ResourceStatusReason ?? ""}`;
      if (isGone) operation.resource(resource, physicalId, "DELETE_COMPLETE");
      else operation.resource(resource, physicalId, "DELETE_FAILED", { reason });
      return isGone;
    },
  };

  const of = ({ type }: PlannedResource): Steps => (type === STACK_TYPE ? nested : leafSteps);
  const steps: Steps = {
    create: (operation, resource) => of(resource).create(operation, resource),
    update: (operation, resource, change) => of(resource).update(operation, resource, change),
    restore: (operation, touched, before) => of(before).restore(operation, touched, before),
    cleanUp: (operation, resource) => of(resource).cleanUp(operation, resource),
    remove: (operation, resource, physicalId) => of(resource).remove(operation, resource, physicalId),
  };
  return steps;
};

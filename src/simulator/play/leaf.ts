/** The steps of an ordinary resource: the events that CloudFormation writes while it is created, changed or deleted. */
import { reportsConfiguration } from "./durations.ts";
import type { Steps, Touched } from "./steps.ts";
import { callHook } from "./hook.ts";
import { failureAt } from "./trouble.ts";

/** From the first event of a resource to the call that creates it, and from there to its configuration. */
const REQUEST_SECONDS = 1;
const CONFIGURE_SECONDS = 0.8;

const CREATE_INITIATED = { reason: "Resource creation Initiated" };
const CREATE_CANCELLED = { reason: "Resource creation cancelled" };
const UPDATE_CANCELLED = { reason: "Resource update cancelled" };
const NO_REPLACEMENT = "Replacement type updates not supported on stack with disable-rollback.";
const REPLACES = {
  reason: "Requested update requires the creation of a new physical resource; hence creating one.",
};

const create: Steps["create"] = async (operation, resource) => {
  const { cancel } = operation;
  const duration = operation.durationOf(resource, "create");
  const failure = failureAt(operation, resource.logicalId, "create");
  operation.resource(resource, "", "CREATE_IN_PROGRESS");
  const refusal = await callHook(operation, resource, "CREATE_IN_PROGRESS");
  if (refusal !== undefined) {
    operation.resource(resource, "", "CREATE_FAILED", { reason: refusal });
    return false;
  }
  if ((await operation.pause(Math.min(REQUEST_SECONDS, duration / 3), cancel)) === "cancelled") {
    operation.resource(resource, "", "CREATE_FAILED", CREATE_CANCELLED);
    return false;
  }
  const physicalId = operation.newPhysicalId(resource);
  operation.resource(resource, physicalId, "CREATE_IN_PROGRESS", CREATE_INITIATED);
  const { logicalId, type } = resource;
  const { seed } = operation.account.options;
  let left = duration * (failure === undefined ? 1 : 0.4);
  if (failure === undefined && reportsConfiguration(seed, operation.stack.identity.name, logicalId, type)) {
    left -= CONFIGURE_SECONDS;
    if ((await operation.pause(CONFIGURE_SECONDS, cancel)) === "elapsed") {
      operation.resource(resource, physicalId, "CREATE_IN_PROGRESS", {
        reason: "Eventual consistency check initiated",
        detailedStatus: "CONFIGURATION_COMPLETE",
      });
    }
  }
  if ((await operation.pause(Math.max(0.1, left), cancel)) === "cancelled") {
    operation.resource(resource, physicalId, "CREATE_FAILED", CREATE_CANCELLED);
    return false;
  }
  if (failure !== undefined) {
    operation.resource(resource, physicalId, "CREATE_FAILED", { reason: failure.reason });
    return false;
  }
  operation.resource(resource, physicalId, "CREATE_COMPLETE");
  return true;
};

const update: Steps["update"] = async (operation, resource, change) => {
  const { cancel } = operation;
  const oldPhysicalId = operation.physicalIdOf(resource.logicalId);
  const failure = failureAt(operation, resource.logicalId, "update");
  const end = (result: Touched["result"], newPhysicalId: string) =>
    ({ change, resource, oldPhysicalId, newPhysicalId, result }) as const;
  const fail = (reason: string, result: Touched["result"], newPhysicalId: string) => {
    operation.resource(resource, newPhysicalId, "UPDATE_FAILED", { reason });
    return end(result, newPhysicalId);
  };
  operation.resource(resource, oldPhysicalId, "UPDATE_IN_PROGRESS", change.replacement ? REPLACES : {});
  if ((await operation.pause(REQUEST_SECONDS, cancel)) === "cancelled") {
    return fail(UPDATE_CANCELLED.reason, "stopped", oldPhysicalId);
  }
  const refusal = await callHook(operation, resource, "UPDATE_IN_PROGRESS");
  if (refusal !== undefined) return fail(refusal, "refused", oldPhysicalId);
  if (change.replacement && operation.stack.settings.disableRollback)
    return fail(NO_REPLACEMENT, "refused", oldPhysicalId);
  if (failure !== undefined) {
    // Only a handler's own failure may have left something to roll back.
    const isHandlers = failure.reason.startsWith("Resource handler returned message");
    const seconds = isHandlers ? 0.4 * operation.durationOf(resource, "update") : 0;
    if ((await operation.pause(seconds, cancel)) === "cancelled") {
      return fail(UPDATE_CANCELLED.reason, "stopped", oldPhysicalId);
    }
    return fail(failure.reason, isHandlers ? "stopped" : "refused", oldPhysicalId);
  }
  let physicalId = oldPhysicalId;
  if (change.replacement) {
    physicalId = operation.newPhysicalId(resource);
    operation.resource(resource, physicalId, "UPDATE_IN_PROGRESS", CREATE_INITIATED);
  }
  const seconds = operation.durationOf(resource, change.replacement ? "create" : "update");
  if ((await operation.pause(seconds, cancel)) === "cancelled") {
    return fail(UPDATE_CANCELLED.reason, "stopped", physicalId);
  }
  operation.resource(resource, physicalId, "UPDATE_COMPLETE");
  return end("done", physicalId);
};

const restore: Steps["restore"] = async (operation, { oldPhysicalId, result, change }, before) => {
  const failure = failureAt(operation, before.logicalId, "rollback");
  // Nothing was changed, so nothing is called: the resource is only said to be as it was.
  if (result !== "refused" || failure !== undefined) {
    operation.resource(before, oldPhysicalId, "UPDATE_IN_PROGRESS");
    await operation.pause(change.replacement ? REQUEST_SECONDS : operation.durationOf(before, "update"));
  }
  if (failure === undefined) operation.resource(before, oldPhysicalId, "UPDATE_COMPLETE");
  else operation.resource(before, oldPhysicalId, "UPDATE_FAILED", { reason: failure.reason });
  return failure === undefined;
};

const remove: Steps["remove"] = async (operation, resource, physicalId) => {
  if (physicalId === "") {
    operation.resource(resource, "", "DELETE_COMPLETE");
    return true;
  }
  const failure = failureAt(operation, resource.logicalId, "delete");
  operation.resource(resource, physicalId, "DELETE_IN_PROGRESS");
  await operation.pause(operation.durationOf(resource, "delete"));
  if (failure === undefined) operation.resource(resource, physicalId, "DELETE_COMPLETE");
  else operation.resource(resource, physicalId, "DELETE_FAILED", { reason: failure.reason });
  return failure === undefined;
};

/** Nothing is put off. */
const cleanUp: Steps["cleanUp"] = async () => {};

/** The steps of every type but nested stacks. */
export const leafSteps: Steps = { create, update, restore, remove, cleanUp };

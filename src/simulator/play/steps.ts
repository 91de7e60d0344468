/**
 * What can be done to one resource. Ordinary resources and nested stacks do it differently; the plays of stacks
 * know only these.
 */
import type { Change } from "../template/difference.ts";
import type { PlannedResource } from "../template/plan.ts";
import type { Operation } from "./operation.ts";

/** What an update has done to a resource, for its clean-up and its rollback. */
export type Touched = Readonly<{
  change: Change;
  resource: PlannedResource;
  /** Before the update; empty if the resource is new. */
  oldPhysicalId: string;
  newPhysicalId: string;
  /** `refused`: it failed before anything of it was changed; `stopped`: while it was being changed. */
  result: "done" | "refused" | "stopped";
}>;

/** Each resolves to whether it went well, and has then written the resource's last event. */
export type Steps = Readonly<{
  create(operation: Operation, resource: PlannedResource): Promise<boolean>;
  update(operation: Operation, resource: PlannedResource, change: Change): Promise<Touched>;
  /** Takes an update back. */
  restore(operation: Operation, touched: Touched, before: PlannedResource): Promise<boolean>;
  /** After the parent's update or its rollback: what a nested stack had put off. */
  cleanUp(operation: Operation, resource: PlannedResource): Promise<void>;
  remove(operation: Operation, resource: PlannedResource, physicalId: string): Promise<boolean>;
}>;

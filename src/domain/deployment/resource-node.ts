/** A stack's resources, event by event. */
import type { DeploymentEvent } from "../../protocol/deployment-events.ts";
import type { ResourceNode, ResourceStatus } from "./deployment-state.ts";

export type ResourceEvent = Extract<DeploymentEvent, { type: `resource_${string}` }>;

const STATUS: Readonly<Record<ResourceEvent["type"], ResourceStatus>> = {
  resource_creating: "creating",
  resource_created: "created",
  resource_updating: "updating",
  resource_updated: "updated",
  resource_deleting: "deleting",
  resource_deleted: "deleted",
  resource_failed: "failed",
};

/** Whether something is being done to the resource now. */
export const isUnderway = ({ status }: Pick<ResourceNode, "status">): boolean => status.endsWith("ing");

export const resourceKeyOf = ({ urn, name }: Readonly<{ urn?: string | undefined; name: string }>): string =>
  urn ?? name;

/** A copy of the resources with the event taken in. */
export const resourceAfterEvent = (
  resources: ReadonlyMap<string, ResourceNode>,
  { type, timestamp, data }: ResourceEvent,
): ReadonlyMap<string, ResourceNode> => {
  const key = resourceKeyOf(data.resource);
  const known = resources.get(key);
  const status = STATUS[type];
  const underway = isUnderway({ status });
  // What was said to be under way began then; an end without a beginning began and ended at once.
  const startTime = known && isUnderway(known) ? known.startTime : timestamp;
  const node: ResourceNode = {
    type: data.resource.type,
    name: data.resource.name,
    id: data.resource.id ?? known?.id,
    status,
    startTime,
    ...(!underway && { endTime: timestamp }),
  };
  return new Map(resources).set(key, node);
};

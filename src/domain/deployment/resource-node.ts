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

export const statusToldBy = ({ type }: Pick<ResourceEvent, "type">): ResourceStatus => STATUS[type];

/** Whether something is being done to the resource now. */
export const isUnderway = ({ status }: Pick<ResourceNode, "status">): boolean => status.endsWith("ing");

/** Unique within a stack. */
export const resourceKeyOf = ({ urn, name }: Readonly<{ urn?: string | undefined; name: string }>): string =>
  urn ?? name;

const ENDS: Readonly<Partial<Record<ResourceStatus, ResourceStatus>>> = {
  creating: "created",
  updating: "updated",
  deleting: "deleted",
};

/** How what is under way ends, if it ends well. */
export const endOf = (status: ResourceStatus): ResourceStatus => ENDS[status] ?? status;

/** Whether a status tells more of what is being done to the resource; an end without a beginning does not. */
export const goesOn = ({ status }: ResourceNode, next: ResourceStatus): boolean =>
  isUnderway({ status }) && (next === status || next === endOf(status) || next === "failed");

/** Whether the event tells what is known: it was told before, or is older than what was told since. */
export const isTold = (known: ResourceNode, { type, timestamp, data }: ResourceEvent): boolean => {
  const status = STATUS[type];
  // Clocks may step back between the beginning of something and its end.
  const newest = goesOn(known, status) && status !== known.status ? known.startTime : known.updatedAt;
  if (timestamp !== newest) return timestamp < newest;
  const isNews = data.resource.id !== undefined && data.resource.id !== known.id;
  return !isNews && (known.status === status || known.status === endOf(status));
};

/** A copy of the resources with the event taken in. */
export const resourceAfterEvent = (
  resources: ReadonlyMap<string, ResourceNode>,
  { type, timestamp, data }: ResourceEvent,
): ReadonlyMap<string, ResourceNode> => {
  const key = resourceKeyOf(data.resource);
  const known = resources.get(key);
  const status = STATUS[type];
  const node: ResourceNode = {
    type: data.resource.type,
    name: data.resource.name,
    id: data.resource.id ?? known?.id,
    status,
    startTime: known && goesOn(known, status) ? known.startTime : timestamp,
    updatedAt: timestamp,
  };
  return new Map(resources).set(key, node);
};

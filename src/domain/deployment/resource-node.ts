/** A stack's resources, event by event. */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type { Light, LightKind } from "../../protocol/light.ts";
import type { ResourceNode, ResourceStatus } from "./deployment-state.ts";
import { draftOf, type Drafts } from "./drafts.ts";

/** That something is being done to a resource for long. */
export type LightEvent = DeploymentEventOf<"resource_slow" | "resource_stuck">;

/** What is done to a resource. */
export type ResourceEvent = Exclude<Extract<DeploymentEvent, { type: `resource_${string}` }>, LightEvent>;

export const isLightEvent = (event: DeploymentEvent): event is LightEvent =>
  event.type === "resource_slow" || event.type === "resource_stuck";

const STATUS: Readonly<Record<ResourceEvent["type"], ResourceStatus>> = {
  resource_creating: "creating",
  resource_created: "created",
  resource_updating: "updating",
  resource_updated: "updated",
  resource_deleting: "deleting",
  resource_deleted: "deleted",
  resource_retained: "retained",
  resource_failed: "failed",
};

export const statusAfterEvent = ({ type }: Pick<ResourceEvent, "type">): ResourceStatus => STATUS[type];

/** Whether something is being done to the resource now. */
export const isUnderway = ({ status }: Pick<ResourceNode, "status">): boolean => status.endsWith("ing");

/** Unique within a stack. */
export const nodeKeyOf = ({ urn, name }: Readonly<{ urn?: string | undefined; name: string }>): string =>
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
  isUnderway({ status }) &&
  (next === status ||
    next === endOf(status) ||
    next === "failed" ||
    (next === "retained" && status === "deleting"));

/** Whether the event tells what is known: it was reported before, or is older than what was reported since. */
export const isReported = (known: ResourceNode, { type, timestamp, data }: ResourceEvent): boolean => {
  // Only whoever tells each of its events once knows that one came late.
  if (data.superseded) return false;
  const status = STATUS[type];
  // Clocks may step back between the beginning of something and its end.
  const newest = goesOn(known, status) && status !== known.status ? known.startTime : known.updatedAt;
  if (timestamp !== newest) return timestamp < newest;
  const isNews = data.resource.id !== undefined && data.resource.id !== known.id;
  return !isNews && (known.status === status || known.status === endOf(status));
};

/** The resources with the event taken in: a copy, unless it is a draft. */
export const resourcesAfterEvent = (
  resources: ReadonlyMap<string, ResourceNode>,
  event: ResourceEvent,
  drafts: Drafts,
): ReadonlyMap<string, ResourceNode> => {
  const { resource } = event.data;
  const key = nodeKeyOf(resource);
  const known = resources.get(key);
  if (known && isReplaced(known, event)) return resources;
  if (known && event.data.superseded) {
    const hasFailed = event.type === "resource_failed" && known.status !== "failed" && !known.failedBefore;
    return hasFailed ? draftOf(resources, drafts).set(key, { ...known, failedBefore: true }) : resources;
  }
  return draftOf(resources, drafts).set(key, resourceAfter(known, event));
};

const AFTER_REPLACEMENT: ReadonlySet<ResourceEvent["type"]> = new Set<ResourceEvent["type"]>([
  "resource_deleting",
  "resource_deleted",
  "resource_retained",
  "resource_failed",
]);

/** Whether the event is about what was there before the resource was replaced: that is cleaned up, and does not count. */
const isReplaced = ({ status, id }: ResourceNode, { type, data }: ResourceEvent): boolean =>
  (status === "created" || status === "updated") &&
  AFTER_REPLACEMENT.has(type) &&
  id !== undefined &&
  data.resource.id !== undefined &&
  data.resource.id !== id;

const resourceAfter = (known: ResourceNode | undefined, event: ResourceEvent): ResourceNode => {
  const { timestamp } = event;
  const { type, name, id = known?.id } = event.data.resource;
  const status = statusAfterEvent(event);
  const startTime = known && goesOn(known, status) ? known.startTime : timestamp;
  const hasFailed = known !== undefined && (known.status === "failed" || known.failedBefore === true);
  const failedBefore = hasFailed && status !== "failed" && { failedBefore: true as const };
  // What takes long does so until something else is done.
  const light = known?.status === status && known.light && { light: known.light };
  const isOn = known !== undefined && goesOn(known, status);
  const configuredAt = event.data.configured ? timestamp : isOn ? known.configuredAt : undefined;
  const configured = configuredAt !== undefined && { configuredAt };
  return {
    type,
    name,
    id,
    status,
    startTime,
    updatedAt: timestamp,
    ...configured,
    ...failedBefore,
    ...light,
  };
};

const lightOf = ({ type, timestamp: at, data }: LightEvent): Light => {
  const { deploymentId: _id, environment: _environment, stack: _stack, resource: _resource, ...facts } = data;
  return { kind: type.slice("resource_".length) as LightKind, at, ...facts };
};

/** Whether the resource is known to take so long, or nothing is done to it any more. */
export const isLit = (known: ResourceNode | undefined, { type }: LightEvent): boolean =>
  !known ||
  !isUnderway(known) ||
  known.light?.kind === "stuck" ||
  (type === "resource_slow" && known.light !== undefined);

/** The resources with one of them marked as taking long: a copy, unless it is a draft. */
export const resourcesLitBy = (
  resources: ReadonlyMap<string, ResourceNode>,
  event: LightEvent,
  drafts: Drafts,
): ReadonlyMap<string, ResourceNode> => {
  const key = nodeKeyOf(event.data.resource);
  const known = resources.get(key);
  return known ? draftOf(resources, drafts).set(key, { ...known, light: lightOf(event) }) : resources;
};

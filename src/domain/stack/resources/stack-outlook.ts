/** What an attempt has yet to do, resource by resource, as the estimate needs it. */
import type { Durations, Verb } from "../../estimate/durations.ts";
import type { Light } from "../../../protocol/light.ts";
import { Outlook, type Around, type Placed } from "../../estimate/outlook.ts";
import type { WorkItem } from "../../estimate/work-order.ts";
import { STACK_TYPE } from "../stack-event.ts";
import type { FollowedStack, TrackedResource } from "../stack-state.ts";
import { resourceKeyOf, rootOf, type StackState } from "../stack-state.ts";
import { standingOf, type OperationKind } from "../statuses.ts";

const verbOf = (status: string): Verb => {
  if (status.startsWith("DELETE_")) return "delete";
  return status.startsWith("CREATE_") ? "create" : "update";
};

const plannedVerb = (kind: OperationKind): Verb => (kind === "delete" || kind === "update" ? kind : "create");

type Followed = ReadonlyMap<string, FollowedStack>;

/** Of a resource that an event has reported: what is being done to it, or has yet to be; undefined: nothing. */
export const placeOfResource = (
  resource: TrackedResource,
  { phase }: Pick<FollowedStack, "phase">,
): Placed | undefined => {
  const { stackId, logicalId: id, type, status, forward, undo } = resource;
  const running = (verb: Verb, since: string): Placed => ({
    stackId,
    id,
    type,
    verb,
    since: Date.parse(since),
  });
  if (phase === "rollback") {
    if (undo === "running") return running(verbOf(status), resource.since ?? resource.startedAt);
    if (undo !== undefined || forward === undefined) return undefined;
    // What was made is deleted, what was changed is changed back.
    const wasMade = resource.history?.some(({ status: reported }) => reported.startsWith("CREATE_")) ?? true;
    if (wasMade && resource.physicalId === "") return undefined;
    return { stackId, id, type, verb: wasMade ? "delete" : "update" };
  }
  if (phase === "forward" || standingOf(status) === "running") {
    return standingOf(status) === "running" && status !== ""
      ? running(verbOf(status), resource.since ?? resource.startedAt)
      : undefined;
  }
  // In a clean-up, the instance that was replaced.
  const last = resource.history?.at(-1);
  return last?.status === "DELETE_IN_PROGRESS" ? running("delete", last.timestamp) : undefined;
};

/** Of what an operation plans and has not started. */
export const placeOfPlanned = (
  { stackId, kind }: Pick<FollowedStack, "stackId" | "kind">,
  id: string,
  type: string,
): Placed => ({ stackId, id, type, verb: plannedVerb(kind) });

export const aroundIn = (followed: Followed) => {
  const byPrefix = new Map([...followed.values()].map((stack) => [stack.prefix, stack]));
  return (stackId: string): Around | undefined => {
    const stack = followed.get(stackId);
    if (!stack || stack.prefix === "") return undefined;
    const path = stack.prefix.slice(0, -1).split("/");
    const id = path.pop()!;
    const parent = byPrefix.get(path.map((part) => `${part}/`).join(""));
    const task: WorkItem = { id, type: STACK_TYPE, verb: plannedVerb(stack.kind) };
    return parent && { stackId: parent.stackId, task };
  };
};

/**
 * What CloudFormation rolls back if the operation fails at `now`, or is cancelled: how many resources, and the seconds that it
 * takes. Undefined: it is none that is rolled back.
 */
export const rollbackOf = (
  { resources, followed, ...state }: StackState,
  durationsOf: (task: WorkItem) => Durations,
  now: number,
): Light["rollback"] => {
  const root = rootOf({ resources, followed, ...state });
  if (!root || root.phase !== "forward" || (root.kind !== "create" && root.kind !== "update"))
    return undefined;
  const turned = { ...root, phase: "rollback" as const };
  let count = 0;
  for (const resource of resources.values())
    if (resource.type !== STACK_TYPE && placeOfResource(resource, turned)) count += 1;
  const rest = outlookOf(resources, followed, turned, durationsOf).at(now);
  const span = count > 0 ? rest?.span : undefined;
  const seconds = span && { p50: Math.round(span.p50), p90: Math.round(span.p50 + span.spread) };
  return { resources: count, ...(seconds && { seconds }) };
};

/** All that is to be done, counted from nothing. */
export const outlookOf = (
  resources: ReadonlyMap<string, TrackedResource>,
  followed: Followed,
  root: FollowedStack,
  durationsOf: (task: WorkItem) => Durations,
): Outlook => {
  const outlook = new Outlook(durationsOf, (id) => followed.get(id)?.dependencies, aroundIn(followed));
  for (const resource of resources.values()) {
    outlook.open(resource.stackId);
    const place = placeOfResource(resource, root);
    if (place) outlook.note(place, true);
  }
  if (root.phase !== "forward") return outlook;
  for (const stack of followed.values()) {
    for (const [id, type] of Object.entries(stack.planned)) {
      if (!resources.has(resourceKeyOf(stack.stackId, id)))
        outlook.note(placeOfPlanned(stack, id, type), true);
    }
  }
  return outlook;
};

/**
 * A stack's channel as its readers know it: the frames folded into what REST's summary holds, beginning from nothing or
 * from a summary. What an operation plans and has not started is in the summary alone.
 */
import type {
  ResourceLight,
  ResourceUpdate,
  ShownResource,
  StackFrame,
} from "../../protocol/stack/stack-frames.ts";
import type { StackSummary } from "../../protocol/stack/stack-summary.ts";
import { isLightFrame, lightIn } from "./light-frame.ts";
import { beginsView, operationAfter, reportedStatusOf } from "./operation-view.ts";
import { entryAfter, type BegunResource } from "./resources/resource-entry.ts";
import { isOwnEvent } from "./stack-event.ts";
import { resourceKeyOf } from "./stack-state.ts";
import type { OperationView, StateSummary } from "./summary.ts";
import { without } from "../without.ts";

export type StackView = OperationView &
  Readonly<{
    /** The offset that it describes. */
    offset: number;
    /** By stack and logical id; what has begun in the order of its beginning. */
    resources: ReadonlyMap<string, ShownResource>;
  }>;

const keyOf = ({ stackId, logicalId }: ShownResource): string => resourceKeyOf(stackId, logicalId);

export const isBegun = (resource: ShownResource | undefined): resource is BegunResource =>
  resource?.startedAt !== undefined;

/** What a summary says of the channel and of who follows it. */
const BESIDE = [
  "channel",
  "epoch",
  "floor",
  "account",
  "region",
  "tracking",
  "viewers",
  "deployments",
  "trouble",
] as const;

/** The view as of a summary's offset. */
export const stackViewOf = (
  summary: StateSummary & Readonly<{ offset: number }> & Partial<Pick<StackSummary, (typeof BESIDE)[number]>>,
): StackView => ({
  ...without(summary, ...BESIDE),
  resources: new Map(summary.resources.map((resource) => [keyOf(resource), resource])),
});

/** The view with what a summary of the same operation knows to be planned. */
export const plannedFrom = (view: StackView, summary: StateSummary): StackView => {
  if (summary.stackId !== view.stackId || summary.startedAt !== view.startedAt) return view;
  const planned = summary.resources.filter((resource) => !isBegun(resource));
  const resources = new Map(planned.map((resource) => [keyOf(resource), resource]));
  return { ...view, resources: new Map([...resources, ...view.resources]) };
};

/** What has begun, in the order of its beginning, and then what is planned. */
export const resourcesOf = ({ resources }: StackView): readonly ShownResource[] => {
  const all = [...resources.values()];
  return [...all.filter(isBegun), ...all.filter((resource) => !isBegun(resource))];
};

/** Takes one resource's event into `resources`. */
const take = (resources: Map<string, ShownResource>, update: ResourceUpdate, undoing: boolean): void => {
  const { resource, timestamp } = update;
  if (resource.logicalId === "" || isOwnEvent(resource) || resource.superseded) return;
  const key = resourceKeyOf(resource.stackId, resource.logicalId);
  const known = resources.get(key);
  const reported = { ...resource, timestamp, status: reportedStatusOf(resource) };
  // It goes to the end of those that have begun.
  if (known && !isBegun(known)) resources.delete(key);
  resources.set(key, entryAfter(isBegun(known) ? known : undefined, reported, resource.path, undoing));
};

/** Marks one resource as taking long. */
const mark = (resources: Map<string, ShownResource>, frame: ResourceLight): void => {
  const key = resourceKeyOf(frame.resource.stackId, frame.resource.logicalId);
  const known = resources.get(key);
  if (known && !frame.resource.superseded) resources.set(key, { ...known, light: lightIn(frame) });
};

/** The view after frames, in the order of their offsets; those that it describes already change nothing. */
export const stackViewAfter = (
  before: StackView | undefined,
  frames: readonly StackFrame[],
): StackView | undefined => {
  const resources = new Map(before?.resources);
  let view: OperationView | undefined = before;
  let offset = before?.offset ?? 0;
  for (const frame of frames) {
    if (frame.offset <= offset) continue;
    offset = frame.offset;
    if (frame.type === "resource_update" && beginsView(view, frame)) resources.clear();
    view = operationAfter(view, frame);
    if (frame.type === "stack_complete") continue;
    if (isLightFrame(frame)) {
      mark(resources, frame);
      continue;
    }
    take(resources, frame, view.phase === "rollback");
    for (const resource of frame.corrected ?? []) resources.set(keyOf(resource), resource);
  }
  return view && { ...view, offset, resources };
};

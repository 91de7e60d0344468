/** How an operation leaves one resource, event by event: what the server keeps, and what readers of the frames see. */
import type { ShownResource } from "../../../protocol/stack/stack-frames.ts";
import type { HookReport, StackEvent } from "../stack-event.ts";

/** A resource of which an event has reported. */
export type BegunResource = ShownResource & Readonly<{ startedAt: string; updatedAt: string }>;

/** What an event says of a resource; `status` is empty where only a hook reports. */
export type ReportedResource = Pick<
  StackEvent,
  "stackId" | "logicalId" | "type" | "physicalId" | "status" | "reason" | "timestamp"
> &
  Readonly<{ hook?: HookReport | undefined }>;

const isFailed = (status: string): boolean => status.endsWith("_FAILED");

const isBegun = (status: string): boolean => status.endsWith("_IN_PROGRESS");

const verbOf = (status: string): string => status.slice(0, status.indexOf("_"));

/** Whether a status begins something after something else. */
const startsAgain = (before: string, after: string): boolean =>
  isBegun(after) && !(isBegun(before) && verbOf(before) === verbOf(after));

/** What was reported to take long does so until something else is done to it. */
export const lightKept = ({ status, light }: BegunResource, after: string) =>
  isBegun(after) && verbOf(status) === verbOf(after) ? light : undefined;

/** Only a rollback follows from a failure: what fails and is tried again for any other reason has done no harm. */
const failureKept = ({ status, reason, failure }: BegunResource, after: string) =>
  isFailed(after) ? undefined : isFailed(status) ? { status, reason } : failure;

/** The resource after an event of it. `undoing`: the operation is being rolled back. */
export const entryAfter = (
  known: BegunResource | undefined,
  reported: ReportedResource,
  path: string,
  undoing: boolean,
): BegunResource => {
  const { stackId, logicalId, type, timestamp, hook } = reported;
  const status = reported.status === "" ? (known?.status ?? "") : reported.status;
  const since = known && (startsAgain(known.status, status) ? timestamp : known.since);
  const failure = known && undoing ? failureKept(known, status) : undefined;
  const light = known && lightKept(known, status);
  return {
    logicalId,
    type,
    status,
    physicalId: reported.physicalId === "" ? (known?.physicalId ?? "") : reported.physicalId,
    // A later event of the same status often repeats nothing of its reason.
    reason: reported.reason === "" && known?.status === status ? known.reason : reported.reason,
    path,
    stackId,
    startedAt: known?.startedAt ?? timestamp,
    updatedAt: timestamp,
    ...(since !== undefined && { since }),
    ...(failure && { failure }),
    ...(light && { light }),
    ...(hook && { hook }),
  };
};

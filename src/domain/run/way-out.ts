/**
 * The way out of the statuses that are traps: states that CloudFormation leaves only by one certain call, or not at all.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { ownEntry } from "../own-entry.ts";

/** In a run, which is retried and rolled back as a whole; by hand, where it differs: of a stack that stands alone. */
type WayOut = Readonly<{ run: string; byHand?: string }>;

const WAYS_OUT: Readonly<Record<string, WayOut>> = {
  ROLLBACK_COMPLETE: {
    run: "Its creation failed, so it can only be deleted: retry deletes it and creates it again",
  },
  ROLLBACK_FAILED: { run: "It can only be deleted: retry deletes it and creates it again" },
  CREATE_FAILED: {
    run: "Its creation is paused: fix the template, then deploy again; with disableRollback: false it is rolled back first",
  },
  UPDATE_FAILED: {
    run: "Its update is paused: fix the template, then deploy again; with disableRollback: false it is rolled back first",
  },
  UPDATE_ROLLBACK_FAILED: {
    run:
      "Fix what blocks the rollback, then roll the deployment back, which continues it; or " +
      "call ContinueUpdateRollback with the resources to skip",
    byHand:
      "continue its rollback (ContinueUpdateRollback), skipping what cannot be rolled back, then deploy again",
  },
  IMPORT_ROLLBACK_FAILED: {
    run: "No call leaves this state: fix the resources by hand and ask AWS support",
  },
  DELETE_FAILED: {
    run:
      "Remove what blocks the deletion of its resources, then destroy again; or delete the stack with " +
      "RetainResources, or with the deletion mode FORCE_DELETE_STACK, which leave resources behind",
    byHand:
      "delete it again, with RetainResources or the deletion mode FORCE_DELETE_STACK, then deploy again",
  },
  UPDATE_ROLLBACK_COMPLETE: {
    run: "CloudFormation has rolled it back: fix the template, then deploy again",
  },
};

/** What to do about a stack in this status; undefined: nothing in particular. */
export const wayOutOf = (status: string, where: "run" | "by-hand" = "run"): string | undefined => {
  const wayOut = ownEntry(WAYS_OUT, status);
  return where === "by-hand" ? (wayOut?.byHand ?? wayOut?.run) : wayOut?.run;
};

/** The error, of a stack that CloudFormation may be at work on while AWS lets nobody see it. */
export const outOfSight = ({ details, ...error }: ErrorDetail): ErrorDetail => ({
  ...error,
  details: [
    "CloudFormation may still be changing the stack, where Stackcast cannot see it",
    details ?? "Give Stackcast credentials that AWS accepts, with the permissions that it needs, then retry",
  ].join(". "),
});

/** The event, with the way out of the status that a stack has failed with. */
export const withWayOut = (event: DeploymentEvent): DeploymentEvent => {
  if (event.type !== "stack_failed") return event;
  const { error } = event.data;
  const wayOut = wayOutOf(error.code);
  if (wayOut === undefined) return event;
  const details = error.details === undefined ? wayOut : `${error.details}. ${wayOut}`;
  return { ...event, data: { ...event.data, error: { ...error, details } } };
};

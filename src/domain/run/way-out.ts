/**
 * The way out of the statuses that are traps: states that CloudFormation leaves only by one certain call, or not at all.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
import type { DeploymentEvent, ErrorDetail } from "../../protocol/deployment/deployment-events.ts";

/** What to do about a stack in this status; undefined: nothing in particular. */
export const wayOutOf = (status: string): string | undefined => {
  switch (status) {
    case "ROLLBACK_COMPLETE":
      return "Its creation failed, so it can only be deleted: retry deletes it and creates it again";
    case "ROLLBACK_FAILED":
      return "It can only be deleted: retry deletes it and creates it again";
    case "CREATE_FAILED":
      return "Its creation is paused: fix the template, then deploy again; with disableRollback: false it is rolled back first";
    case "UPDATE_FAILED":
      return "Its update is paused: fix the template, then deploy again; with disableRollback: false it is rolled back first";
    case "UPDATE_ROLLBACK_FAILED":
      return (
        "Fix what blocks the rollback, then roll the deployment back, which continues it; or " +
        "call ContinueUpdateRollback with the resources to skip"
      );
    case "IMPORT_ROLLBACK_FAILED":
      return "No call leaves this state: fix the resources by hand and ask AWS support";
    case "DELETE_FAILED":
      return (
        "Remove what blocks the deletion of its resources, then destroy again; or delete the stack with " +
        "RetainResources, or with the deletion mode FORCE_DELETE_STACK, which leave resources behind"
      );
    case "UPDATE_ROLLBACK_COMPLETE":
      return "CloudFormation has rolled it back: fix the template, then deploy again";
    default:
      return undefined;
  }
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

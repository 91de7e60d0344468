/** One step of a run for one stack: what it is about, what it reaches AWS with, and whom it answers to. */
import type { Fact, RunLease, Start } from "../domain/run/run-calls.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import type { Clients } from "./clients.ts";

/** The run controller, which is the deployment, as one stack's step reaches it. */
export type StackController = Readonly<{
  /** Whether something may be set going in the stack. It is kept before it is done. */
  start(start: Start): Promise<boolean>;
  note(fact: Fact): Promise<void>;
}>;

export type Step = Readonly<{ lease: RunLease; clients: Clients; controller: StackController }>;

/**
 * How a step left things: something has changed that the next turn goes on with; a tracker tells how it ends; or it
 * has to be looked at again in a moment.
 */
export type StepOutcome = "again" | "wait" | "pending";

/** CloudFormation in the region of the step's stack. */
export const cloudFormationOf = ({ lease, clients }: Pick<Step, "lease" | "clients">) =>
  clients.in(lease.plan.region, lease.plan.account);

/** Tells that the stack has failed. */
export const failing = async ({ controller }: Step, error: ErrorDetail): Promise<StepOutcome> => {
  await controller.note({ kind: "failed", error });
  return "again";
};

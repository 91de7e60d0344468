/**
 * What goes wrong in an operation: at one resource because that was asked for, or with the operation as a whole
 * because of exports, imports, or a failure of the stack itself, which no resource is to blame for.
 */
import { validationReasonOf, validationsOf } from "../early-validation.ts";
import { missingImportOf, refusedExportOf } from "../exports.ts";
import type { Failure } from "../faults/failures.ts";
import { STACK_TYPE, type Output } from "../stack.ts";
import type { PlannedResource } from "../template/plan.ts";
import type { Phase } from "./durations.ts";
import type { Operation } from "./operation.ts";

/** What is to go wrong with the resource now, if anything. */
export const failureAt = (
  operation: Operation,
  logicalId: string,
  phase: Phase | "rollback" | "hook",
): Failure | undefined => {
  const failure = operation.account.failureOf(operation.stack, logicalId);
  if (failure === undefined) return undefined;
  const isFirstMoment = phase === "create" || phase === "update";
  return (failure.at ?? (isFirstMoment ? phase : undefined)) === phase ? failure : undefined;
};

/** A failure of the stack itself stands under its type: no logical id looks like that. */
const wholeFailureAt = (operation: Operation, phase: Phase): string | undefined =>
  failureAt(operation, STACK_TYPE, phase)?.reason;

/** What early validation finds so grave that the operation is given up; a change set would not have been made of it. */
const invalidAtStart = (
  { account, stack }: Operation,
  resources: Iterable<PlannedResource>,
): string | undefined => {
  const found = validationsOf(account, stack, "", [...resources]).filter(({ mode }) => mode === "FAIL");
  const [operation] = stack.operations;
  if (operation && found.length > 0) operation.validations = found;
  return validationReasonOf(found);
};

/** Why the operation is given up before it touches anything. `resources`: those that it is to touch. */
export const refusedAtStart = (
  operation: Operation,
  phase: "create" | "update",
  resources: Iterable<PlannedResource>,
): string | undefined =>
  wholeFailureAt(operation, phase) ??
  missingImportOf(operation.account, operation.stack) ??
  invalidAtStart(operation, resources);

/** Why the operation is given up though all resources are done. */
export const refusedAtEnd = ({ account, stack }: Operation, outputs: readonly Output[]): string | undefined =>
  refusedExportOf(account, stack, outputs);

/** Why the stack stays. */
export const refusedDelete = (operation: Operation): string | undefined =>
  wholeFailureAt(operation, "delete") ?? refusedExportOf(operation.account, operation.stack, []);

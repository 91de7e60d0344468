/** What is to go wrong inside a stack, beyond what its template says. */
import { z } from "zod";

/** What happens to one resource of a stack instead of going well. */
export const failureSchema = z.object({
  reason: z.string(),
  /**
   * Absent: at its first create or update. `rollback` makes the rollback of an update fail, `validation` the change
   * set that would touch it, `hook` a hook that is called before it is created or changed.
   */
  at: z.enum(["create", "update", "delete", "rollback", "validation", "hook"]).optional(),
  /** At `validation` the check (default `NAME_CONFLICT_VALIDATION`), at `hook` the hook's type. */
  check: z.string().optional(),
  /** At `validation` and `hook`: with `WARN` it is only reported. */
  mode: z.enum(["FAIL", "WARN"]).default("FAIL"),
});

/** One thing to go wrong. */
export type Failure = z.input<typeof failureSchema>;

/**
 * By logical id; a resource of a nested stack by its path, `Child/LogicalId`; the operation as a whole, which then
 * fails without a failing resource or is refused as a deletion, by `AWS::CloudFormation::Stack`.
 */
export const failuresSchema = z.record(z.string(), failureSchema);

/** Of one stack. */
export type Failures = Readonly<z.input<typeof failuresSchema>>;

/** What is to go wrong inside a stack, beyond what its template says. */
import { z } from "zod";

/** What happens to one resource of a stack instead of going well. */
export const failureSchema = z.object({
  reason: z.string(),
  /** Absent: at its first create or update. `rollback` makes the rollback of an update fail. */
  at: z.enum(["create", "update", "delete", "rollback"]).optional(),
});

/** One thing to go wrong. */
export type Failure = z.infer<typeof failureSchema>;

/**
 * By logical id; a resource of a nested stack by its path, `Child/LogicalId`; the operation as a whole, which then
 * fails without a failing resource or is refused as a deletion, by `AWS::CloudFormation::Stack`.
 */
export const failuresSchema = z.record(z.string(), failureSchema);

/** Of one stack. */
export type Failures = Readonly<z.infer<typeof failuresSchema>>;

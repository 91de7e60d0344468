/**
 * A value that a stack gives out: a text from CloudFormation, any JSON from other orchestrators. Its type ends after some
 * levels, because a type without end cannot cross from object to object.
 */
import * as z from "zod";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const nested = <Inner extends z.ZodType>(inner: Inner) =>
  z.union([scalar, z.array(inner), z.record(z.string(), inner)]);

/** As it is kept and shown. */
export const outputValueSchema = nested(nested(nested(nested(scalar))));

export type OutputValue = z.infer<typeof outputValueSchema>;

/** As it is sent: what is nested deeper is kept as JSON text. Not `z.json()`, which documents cannot hold. */
export const sentOutputSchema = z.union([
  outputValueSchema,
  z.unknown().transform((value) => JSON.stringify(value)),
]);

/** Where a run comes from: the pipeline and the commit that whoever registers it gives. */
import * as z from "zod";

/** A page that a click may open: nothing but the web. */
const pageSchema = z.url({ protocol: /^https?$/ }).max(2_048);

export const runSourceSchema = z.strictObject({
  /** The pipeline and which run of it, for people. */
  name: z.string().min(1).max(256).optional(),
  /** The page of that run. */
  url: pageSchema.optional(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,64}$/, "must be the hash of a commit")
    .optional(),
  branch: z.string().min(1).max(256).optional(),
  /** Who began it there. */
  actor: z.string().min(1).max(256).optional(),
});

export type RunSource = Readonly<z.infer<typeof runSourceSchema>>;

/**
 * The lines of an export, as NDJSON: first what it is, then the parts of all objects, last that it is whole. Each line
 * tells by its cursor where an export goes on that was cut off.
 */
import * as z from "zod";

/** Raised when an older release could not take what a newer one has written. */
export const EXPORT_LAYOUT = 1;

const exportId = z.string().regex(/^[a-z0-9-]{1,64}$/);

const exportHeadSchema = z.object({
  stackcast: z.literal("export"),
  layout: z.literal(EXPORT_LAYOUT),
  export: exportId,
  at: z.string(),
});

export const exportPartSchema = z.object({
  export: exportId,
  object: z.string(),
  name: z.string(),
  part: z.number().int().min(0),
  stored: z.record(z.string(), z.unknown()),
  /** Another part of the object follows. */
  more: z.boolean().optional(),
  cursor: z.string(),
});

const exportEndSchema = z.object({ export: exportId, end: z.literal(true), parts: z.number().int() });

export const exportLineSchema = z.union([exportHeadSchema, exportPartSchema, exportEndSchema]);

export type ExportLine = z.infer<typeof exportLineSchema>;

/** What came of an import so far. */
export const importReportSchema = z
  .object({
    lines: z.number().int().meta({ description: "Lines that are taken" }),
    objects: z.number().int().meta({ description: "Objects that became whole by them" }),
    isWhole: z.boolean().meta({ description: "Whether the last line of the export was among them" }),
  })
  .meta({ id: "ImportReport" });

export type ImportReport = z.infer<typeof importReportSchema>;

export const forgetRequestSchema = z
  .strictObject({
    subject: z
      .string()
      .min(1)
      .max(320)
      .meta({ description: "As tokens name the person", example: "kim@example.com" }),
    cursor: z.string().max(2_048).optional().meta({ description: "Where an earlier answer ended" }),
  })
  .meta({ id: "ForgetRequest" });

export const forgetReportSchema = z
  .object({
    objects: z.number().int().meta({ description: "Objects that were looked through" }),
    replaced: z.number().int().meta({ description: "How often the name was there" }),
    nextCursor: z
      .string()
      .optional()
      .meta({ description: "More is to be looked through: ask again with it" }),
  })
  .meta({ id: "ForgetReport" });

export type ForgetReport = z.infer<typeof forgetReportSchema>;

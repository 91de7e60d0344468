/**
 * A template as written, in one shape whatever its text looks like. What AWS refuses before it looks at parameters is
 * refused here, in AWS's words.
 */
import { z } from "zod";
import { validationError } from "../wire/refusal.ts";
import { isRecord, templateTree } from "./template-tree.ts";

const names = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((properties) => properties ?? {}),
  Condition: z.string().optional(),
  DependsOn: names.nullish().transform((ids) => ids ?? []),
  DeletionPolicy: z.unknown().optional(),
  UpdateReplacePolicy: z.unknown().optional(),
  Metadata: z.unknown().optional(),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const parameterSchema = z.looseObject({
  Type: z.string(),
  Default: scalar.optional(),
  Description: z.string().optional(),
  NoEcho: scalar.optional(),
  AllowedValues: z.array(scalar).optional(),
  AllowedPattern: scalar.optional(),
  ConstraintDescription: scalar.optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
});

const outputSchema = z.looseObject({
  Value: z.unknown(),
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.looseObject({ Name: z.unknown() }).optional(),
});

const section = <T extends z.ZodType>(member: T) =>
  z
    .record(z.string(), member)
    .nullish()
    .transform((members) => members ?? {});

const templateSchema = z.looseObject({
  Description: z.string().optional(),
  Parameters: section(parameterSchema),
  Mappings: section(z.record(z.string(), z.record(z.string(), z.unknown()))),
  Conditions: section(z.unknown()),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: section(outputSchema),
});

/** One parameter as the template declares it. */
export type ParameterDeclaration = z.infer<typeof parameterSchema>;

/** A template as written, its functions not evaluated. */
export type Template = z.infer<typeof templateSchema>;

const SECTIONS: ReadonlySet<string> = new Set(
  "AWSTemplateFormatVersion Conditions Description Globals Hooks Mappings Metadata Outputs Parameters Resources Rules Transform".split(
    " ",
  ),
);

/** The most that a template may hold, by section. */
const MOST = { Mappings: 200, Outputs: 200, Parameters: 200, Resources: 500 } as const;

const checkSize = (template: Record<string, unknown>): void => {
  for (const [name, most] of Object.entries(MOST)) {
    const members = template[name];
    const count = isRecord(members) ? Object.keys(members).length : 0;
    if (count > most)
      throw validationError(
        `Template format error: Number of ${name.toLowerCase()}, ${count}, is greater than maximum allowed, ${most}`,
      );
  }
};

const checkResources = (resources: Record<string, unknown>): void => {
  for (const [name, resource] of Object.entries(resources)) {
    if (!/^[A-Za-z0-9]+$/.test(name)) {
      throw validationError(`Template format error: Resource name ${name} is non alphanumeric.`);
    }
    if (!isRecord(resource))
      throw validationError("Template format error: Any Resources member must be an object.");
    if (typeof resource["Type"] !== "string") {
      throw validationError(
        `Template format error: [/Resources/${name}] Every Resources object must contain a Type member.`,
      );
    }
  }
};

/** Refuses with ValidationError what is no template. `isWhole`: no transform has still to add resources. */
export const checkedTemplate = (tree: unknown, isWhole = true): Template => {
  if (!isRecord(tree)) throw validationError("Template format error: unsupported structure.");
  const unknown = Object.keys(tree).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0)
    throw validationError(`Invalid template property or properties [${unknown.join(", ")}]`);
  const { Resources: resources } = tree;
  if (!isRecord(resources) || (isWhole && Object.keys(resources).length === 0)) {
    throw validationError("Template format error: At least one Resources member must be defined.");
  }
  checkResources(resources);
  checkSize(tree);
  const parsed = templateSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw validationError(
    `Template format error: [/${issue?.path.join("/") ?? ""}] ${issue?.message ?? "invalid"}`,
  );
};

/** The template that a text holds, its transforms not done. */
export const parseTemplate = (body: string): Template => checkedTemplate(templateTree(body));

/**
 * A template's text, JSON or YAML with CloudFormation's short forms, turned into one shape with the long forms only.
 * What AWS refuses before it looks at parameters is refused here, in AWS's words.
 */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Scalar } from "yaml";
import { z } from "zod";
import { validationError } from "../wire/refusal.ts";

const names = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  DependsOn: names.default([]),
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
});

const outputSchema = z.looseObject({
  Value: z.unknown(),
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.looseObject({ Name: z.unknown() }).optional(),
});

const templateSchema = z.looseObject({
  Description: z.string().optional(),
  Transform: names.optional(),
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), outputSchema).default({}),
});

/** A template as written, its functions not evaluated. */
export type Template = z.infer<typeof templateSchema>;

/** Whether a value has members by name. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const BARE_FORMS: ReadonlySet<string> = new Set(["Ref", "Condition"]);

/** `!GetAtt A.B` is `["A","B"]`; everything after the first dot is the attribute. */
const longFormOf = (tag: string, value: unknown): unknown => {
  const name = tag.slice(1);
  if (BARE_FORMS.has(name)) return { [name]: value };
  if (name !== "GetAtt" || typeof value !== "string") return { [`Fn::${name}`]: value };
  const dot = value.indexOf(".");
  return { "Fn::GetAtt": dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
};

const BOOLEAN = /^(?:(true|yes|on)|(?:false|no|off))$/i;
const HAS_ONE_CASE = /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/;

/** Of a scalar without quotes: a number only if it is written as JSON writes it, and not the letters Y and N. */
const plainValueOf = (text: string): unknown => {
  if (["", "~", "null", "Null", "NULL"].includes(text)) return null;
  const boolean = HAS_ONE_CASE.test(text) ? BOOLEAN.exec(text) : null;
  if (boolean !== null) return boolean[1] !== undefined;
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
};

const scalarOf = ({ value, type, tag }: Scalar): unknown =>
  type === "PLAIN" && tag === undefined && typeof value === "string" ? plainValueOf(value) : value;

const valueOf = (node: unknown, document: Document): unknown => {
  if (isAlias(node)) return valueOf(node.resolve(document), document);
  let value: unknown = null;
  if (isScalar(node)) value = scalarOf(node);
  else if (isSeq(node)) value = node.items.map((item) => valueOf(item, document));
  else if (isMap(node)) {
    value = Object.fromEntries(
      node.items.map((pair) => [String(valueOf(pair.key, document)), valueOf(pair.value, document)]),
    );
  }
  const tag = isScalar(node) || isSeq(node) || isMap(node) ? node.tag : undefined;
  return tag !== undefined && /^!\w/.test(tag) ? longFormOf(tag, value) : value;
};

const readText = (body: string): unknown => {
  if (body.trimStart().startsWith("{")) {
    try {
      return JSON.parse(body);
    } catch {
      throw validationError("Template format error: JSON not well-formed.");
    }
  }
  const document = parseDocument(body, { logLevel: "error", schema: "failsafe" });
  if (document.errors.length > 0) throw validationError("Template format error: YAML not well-formed.");
  return valueOf(document.contents, document);
};

/** Refuses with ValidationError what is no template. */
export const parseTemplate = (body: string): Template => {
  const value = readText(body);
  if (!isRecord(value)) throw validationError("Template format error: unsupported structure.");
  const { Resources: resources } = value;
  if (!isRecord(resources) || Object.keys(resources).length === 0) {
    throw validationError("Template format error: At least one Resources member must be defined.");
  }
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
  const parsed = templateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw validationError(
    `Template format error: [/${issue?.path.join("/") ?? ""}] ${issue?.message ?? "invalid"}`,
  );
};

/**
 * What the generator of the OpenAPI document writes out at each place, named once: events by their type, answers that
 * fail by their status. Generated clients then have one type for each, and the document is a fifth as long.
 */
import * as z from "zod";

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member of a union of events: an object whose `type` has one value. */
const memberSchema = z.looseObject({
  type: z.literal("object"),
  properties: z.looseObject({ type: z.looseObject({ enum: z.tuple([z.string()]) }) }),
});

const pascalOf = (type: string): string =>
  type.replaceAll(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** A regular expression as JSON Schema has it: without the flags that the generator leaves at its end. */
const patternOf = (pattern: string): string => pattern.replace(/(?<=\$)\/[a-z]+$/, "");

/** Parts by their names; what is equal to a part is a reference to it. */
class Parts {
  readonly byName: Record<string, unknown>;
  private readonly path: string;

  constructor(path: string, byName: Readonly<Record<string, unknown>>) {
    this.path = path;
    this.byName = { ...byName };
  }

  /** Undefined: the name belongs to another part. */
  refer(name: string, part: unknown): Node | undefined {
    const known = this.byName[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(part)) return undefined;
    this.byName[name] = part;
    return { $ref: `#/components/${this.path}/${name}` };
  }
}

const unionOf = (members: readonly unknown[], schemas: Parts): Node | undefined => {
  const typed = memberSchema.array().safeParse(members);
  if (!typed.success) return undefined;
  const references = typed.data.map((member) => {
    const [type] = member.properties.type.enum;
    // The same word means one thing on a deployment's channel and another on a stack's own.
    const reference =
      schemas.refer(pascalOf(type), member) ?? schemas.refer(`Stack${pascalOf(type)}`, member);
    return [type, reference] as const;
  });
  if (references.some(([, reference]) => reference === undefined)) return undefined;
  return {
    oneOf: references.map(([, reference]) => reference),
    discriminator: {
      propertyName: "type",
      mapping: Object.fromEntries(references.map(([type, reference]) => [type, reference?.$ref])),
    },
  };
};

const objectSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()),
});
const extendedUnionSchema = z.object({
  allOf: z.tuple([z.looseObject({ oneOf: z.array(objectSchema) }), objectSchema]),
});

/** What all members of a union have besides, said in each of them. */
const extendedUnion = (node: Node): Node => {
  const union = extendedUnionSchema.safeParse(node);
  if (!union.success) return node;
  const [{ oneOf }, added] = union.data.allOf;
  return {
    oneOf: oneOf.map((member) => ({
      ...member,
      properties: { ...member.properties, ...added.properties },
      required: [...member.required, ...added.required],
    })),
  };
};

/** The same schema in fewer words. */
const tidied = (node: Node, schemas: Parts): Node => {
  const { pattern, minimum, exclusiveMinimum, anyOf, oneOf } = node;
  if (typeof pattern === "string") return { ...node, pattern: patternOf(pattern) };
  if (minimum !== undefined && exclusiveMinimum !== undefined) {
    const { minimum: _implied, ...rest } = node;
    return rest;
  }
  if (Array.isArray(anyOf) && anyOf.some((part) => isNode(part) && Object.keys(part).length === 0)) {
    const { anyOf: _anything, ...rest } = node;
    return rest;
  }
  return Array.isArray(oneOf) ? { ...node, ...unionOf(oneOf, schemas) } : node;
};

const walked = (value: unknown, schemas: Parts): unknown => {
  if (Array.isArray(value)) return value.map((part) => walked(part, schemas));
  if (!isNode(value)) return value;
  return tidied(
    Object.fromEntries(
      Object.entries(extendedUnion(value)).map(([key, part]) => [key, walked(part, schemas)]),
    ),
    schemas,
  );
};

const withNamedFailures = (operation: Node, responses: Parts): Node => {
  const named = Object.entries(isNode(operation.responses) ? operation.responses : {}).map(
    ([status, answer]) => {
      const name = `Failure${status}`;
      const reference =
        status < "400"
          ? undefined
          : (responses.refer(name, answer) ?? responses.refer(`Bare${name}`, answer));
      return [status, reference ?? answer] as const;
    },
  );
  const answers = Object.fromEntries(named);
  const isWithout2xx = !named.some(([status]) => status.startsWith("2"));
  return {
    security: [],
    ...operation,
    responses: {
      ...answers,
      ...(isWithout2xx && answers["500"] !== undefined && { default: answers["500"] }),
    },
  };
};

type Whole = Readonly<{ paths?: object | undefined; components?: object | undefined }>;

/** The document with its parts named. */
export const withNamedParts = (document: Whole): Node => {
  const components: Node = { ...document.components };
  const schemas = new Parts("schemas", {});
  const own = walked(components.schemas ?? {}, schemas);
  const paths = walked(document.paths ?? {}, schemas);
  const responses = new Parts("responses", {});
  const operations = Object.entries(isNode(paths) ? paths : {}).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(isNode(methods) ? methods : {}).map(([method, operation]) => [
        method,
        isNode(operation) ? withNamedFailures(operation, responses) : operation,
      ]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(operations),
    components: {
      ...components,
      schemas: { ...schemas.byName, ...(isNode(own) && own) },
      responses: responses.byName,
    },
  };
};

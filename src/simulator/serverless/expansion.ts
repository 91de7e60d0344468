/**
 * The serverless transform at work: the template's own resources, what they have become so far, and the parameters
 * that names may follow from. Logical ids are those that AWS generates, so that references to them hold.
 */
import { createHash } from "node:crypto";
import { isRecord } from "../template/template-tree.ts";
import { validationError } from "../wire/refusal.ts";

/** A part of a template. */
export type Node = Record<string, unknown>;

/** Members that are there, without those that are undefined. */
export const defined = (node: Node): Node =>
  Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));

/** The record that a value is; empty if it is none. */
export const recordOf = (value: unknown): Node => (isRecord(value) ? value : {});

/** The properties without those that only the transform reads. */
export const without = (node: Node, names: readonly string[]): Node =>
  Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)));

export const ref = (id: string): Node => ({ Ref: id });

export const getAtt = (id: string, attribute: string): Node => ({ "Fn::GetAtt": [id, attribute] });

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};

/** The ten digits that AWS puts behind an id that follows from data; nothing for no data. */
export const digestOf = (data: unknown): string => {
  const text = typeof data === "string" ? data : JSON.stringify(sorted(data ?? ""));
  if (text === "" || text === "{}" || text === '""') return "";
  return createHash("sha1").update(text).digest("hex").slice(0, 10);
};

/** Letters and digits are put behind an id as they are, other texts as their digest. */
export const suffixedId = (prefix: string, text: string): string =>
  prefix + (/^[\p{L}\p{N}]+$/u.test(text) ? text : digestOf(text));

/** What a resource hands on to those that are made for it. */
export const handedOn = (resource: Node): Node =>
  defined({
    Condition: resource["Condition"],
    DeletionPolicy: resource["DeletionPolicy"],
    UpdateReplacePolicy: resource["UpdateReplacePolicy"],
  });

/** All that a resource says beside its type and properties: what it becomes under its own id says the same. */
export const attributesOf = (resource: Node): Node => without(resource, ["Type", "Properties", "Connectors"]);

/** The logical id that a value refers to with `Ref`, or names outright. */
export const idIn = (value: unknown): string | undefined => {
  const named = isRecord(value) ? value["Ref"] : value;
  return typeof named === "string" ? named : undefined;
};

/** The text that a value is; empty if it is none. */
export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

/** A list of key and value, as resources have their tags. */
export const tagsOf = (tags: unknown): Node[] => [
  { Key: "lambda:createdBy", Value: "SAM" },
  ...Object.entries(recordOf(tags)).map(([Key, Value]) => ({ Key, Value })),
];

/** One expansion of one template. */
export class Expansion {
  /** The template's own resources, those that the transform adds for events included. */
  readonly source: Record<string, Node>;
  readonly conditions: Node;
  readonly mappings: Node;
  /** What the template becomes. */
  readonly resources = new Map<string, Node>();
  /** Ids of what a resource was expanded to, by `Id.Property`. */
  readonly references = new Map<string, string>();
  /** New ids of resources whose id follows from what they hold. */
  readonly renamed = new Map<string, string>();
  /** Functions that shift their traffic: by id, with what they ask for. */
  readonly shifting = new Map<string, { preference: Node; condition: unknown }>();
  readonly #parameters: Readonly<Record<string, unknown>>;

  constructor(template: Node, parameters: Readonly<Record<string, unknown>>) {
    this.source = recordOf(template["Resources"]) as Record<string, Node>;
    this.conditions = { ...recordOf(template["Conditions"]) };
    this.mappings = recordOf(template["Mappings"]);
    this.#parameters = parameters;
  }

  /** Adds a resource; what is made for another takes over its condition and policies. */
  add(id: string, type: string, properties: Node, attributes: Node = {}): void {
    this.resources.set(id, { Type: type, Properties: defined(properties), ...defined(attributes) });
  }

  /** The properties of one of the template's own resources. */
  propertiesOf(id: string): Node {
    return recordOf(this.source[id]?.["Properties"]);
  }

  /** The value with parameters in the place of references to them. */
  resolved(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolved(item));
    if (!isRecord(value)) return value;
    const { Ref: name } = value;
    if (typeof name === "string" && Object.hasOwn(this.#parameters, name)) return this.#parameters[name];
    const mapped = this.#mapped(value["Fn::FindInMap"]);
    if (mapped !== undefined) return mapped;
    const { "Fn::Sub": text } = value;
    if (typeof text === "string") return { "Fn::Sub": this.#filled(text) };
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.resolved(member)]));
  }

  /** The text that a value is once parameters are known; undefined if it stays a function. */
  textOf(value: unknown): string | undefined {
    const text = this.resolved(value);
    return typeof text === "string" ? text : undefined;
  }

  #filled(text: string): string {
    return text.replaceAll(/\$\{([A-Za-z0-9:]+)\}/g, (whole, name: string) => {
      const value = Object.hasOwn(this.#parameters, name) ? this.#parameters[name] : undefined;
      return typeof value === "string" ? value : whole;
    });
  }

  #mapped(argument: unknown): unknown {
    if (!Array.isArray(argument)) return undefined;
    const [map, top, second] = argument.map((part) => this.resolved(part));
    return recordOf(recordOf(this.mappings[String(map)])[String(top)])[String(second)];
  }
}

/** AWS's words for a template that the transform cannot read. */
export const invalidResource = (id: string, message: string) =>
  validationError(
    `Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [${id}] is invalid. ${message}`,
  );

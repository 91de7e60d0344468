/**
 * A template's text, JSON or YAML, becomes the domain's Template: CloudFormation's short forms written out, and only
 * the parts that tell which resources a stack will have.
 */
import { Pair, Scalar, YAMLMap, parse } from "yaml";
import type { CollectionTag, ScalarTag, Tags, YAMLSeq } from "yaml";
import * as z from "zod";
import type { LookupFailure } from "../domain/lookup-failure.ts";
import type { Template } from "../domain/template.ts";
import { success } from "../protocol/result.ts";
import type { Result } from "../protocol/result.ts";
import { badAnswer } from "./xml-text.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const FUNCTIONS = [
  "And",
  "Base64",
  "Cidr",
  "Equals",
  "FindInMap",
  "GetAtt",
  "GetAZs",
  "If",
  "ImportValue",
  "Join",
  "Length",
  "Not",
  "Or",
  "Select",
  "Split",
  "Sub",
  "ToJsonString",
  "Transform",
];

/** The two functions whose long form has no `Fn::`. */
const BARE = ["Ref", "Condition"];

/** `!GetAtt a.b.c` is of the resource `a`, whatever dots the attribute has. */
const argumentOf = (name: string, text: string): unknown => {
  if (name !== "Fn::GetAtt") return text;
  const dot = text.indexOf(".");
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
};

const shortForm = (tag: string, name: string): (ScalarTag | CollectionTag)[] => {
  const longForm = (node: YAMLMap | YAMLSeq) => {
    const map = new YAMLMap();
    map.items.push(new Pair(new Scalar(name), node));
    return map;
  };
  return [
    { tag, resolve: (text) => ({ [name]: argumentOf(name, text) }) },
    { tag, collection: "seq", resolve: longForm },
    { tag, collection: "map", resolve: longForm },
  ];
};

const SHORT_FORMS = [
  ...FUNCTIONS.flatMap((name) => shortForm(`!${name}`, `Fn::${name}`)),
  ...BARE.flatMap((name) => shortForm(`!${name}`, name)),
];

const KEPT = /:(?:map|seq|str|null|bool|merge)$/;

/**
 * CloudFormation reads YAML 1.1. Numbers stay the text they were written as: conditions compare texts, and an account
 * number that begins with 0 is not a number.
 */
const templateTags = (tags: Tags): Tags => [
  ...tags.filter((tag) => typeof tag === "string" || KEPT.test(tag.tag)),
  ...SHORT_FORMS,
];

/** What a template's text holds, as it stands there; throws if that is neither JSON nor YAML. */
export const parsedTemplate = (text: string): unknown =>
  text.trimStart().startsWith("{")
    ? JSON.parse(text)
    : parse(text, { version: "1.1", customTags: templateTags, logLevel: "silent" });

const resource = z.object({ Type: z.string(), Condition: z.string().optional() });

const section = z.record(z.string(), z.unknown()).nullish();

const templateSchema = z.object({
  Resources: z.record(z.string(), z.unknown()),
  Conditions: section,
  Mappings: section,
});

/** What is no resource (a loop of the language extensions, written as a list) is left out. */
const resourcesOf = (entries: Readonly<Record<string, unknown>>): Template["resources"] =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([logicalId, entry]) => {
      const { data } = resource.safeParse(entry);
      if (!data) return [];
      return [[logicalId, { type: data.Type, ...(data.Condition && { condition: data.Condition }) }]];
    }),
  );

/** The template that a text holds. */
export const templateOf = (text: string): Result<Template, LookupFailure> => {
  let tree: unknown;
  try {
    tree = parsedTemplate(text);
  } catch {
    return badAnswer("the template is neither JSON nor YAML");
  }
  const { data } = templateSchema.safeParse(tree);
  if (!data) return badAnswer("the template has no resources");
  return success({
    resources: resourcesOf(data.Resources),
    conditions: data.Conditions ?? {},
    mappings: data.Mappings ?? {},
  });
};

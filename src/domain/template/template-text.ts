/**
 * A template's text, JSON or YAML, as the tree that it holds: scalars as CloudFormation reads them, its short forms
 * written out. What is handed in may be anything, so depth, aliases and the size of the whole are bounded.
 */
import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  load,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
} from "js-yaml";

/** Deeper than any template that CloudFormation takes, shallower than any stack of calls. */
const MAX_DEPTH = 100;

/** Values for each character of the text, with every alias followed: aliases make few bytes into very many. */
const MAX_VALUES_PER_CHARACTER = 10;

/**
 * CloudFormation reads YAML 1.1, but a single letter stays a text (`AttributeType: N`), and so do numbers of every kind
 * and dates: conditions compare texts, and an account number that begins with 0 is no number.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
const TRUE = /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/;
const FALSE = /^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/;

const neverDumped = (): boolean => false;

const boolTag = defineScalarTag("tag:yaml.org,2002:bool", {
  implicit: true,
  implicitFirstChars: [..."tTyYoOfFnN"],
  resolve: (text) => TRUE.test(text) || (FALSE.test(text) ? false : NOT_RESOLVED),
  identify: neverDumped,
});

/** The two functions whose long form has no `Fn::`. */
const BARE: ReadonlySet<string> = new Set(["!Ref", "!Condition"]);

const nameOf = (tag: string): string => (BARE.has(tag) ? tag.slice(1) : `Fn::${tag.slice(1)}`);

/** `!GetAtt a.b.c` is of the resource `a`, whatever dots the attribute has. */
const argumentOf = (tag: string, text: string): unknown => {
  if (tag !== "!GetAtt") return text;
  const dot = text.indexOf(".");
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
};

const scalarForm = defineScalarTag<unknown>("!", {
  matchByTagPrefix: true,
  resolve: (text, _, tag) => ({ [nameOf(tag)]: argumentOf(tag, text) }),
  identify: neverDumped,
});

const sequenceForm = defineSequenceTag<{ tag: string; items: unknown[] }, unknown>("!", {
  matchByTagPrefix: true,
  create: (tag) => ({ tag, items: [] }),
  addItem: ({ items }, item) => void items.push(item),
  finalize: ({ tag, items }) => ({ [nameOf(tag)]: items }),
  identify: neverDumped,
});

type FormOfMap = { tag: string; members: Map<string, unknown> };

const mappingForm = defineMappingTag<FormOfMap, unknown>("!", {
  matchByTagPrefix: true,
  create: (tag) => ({ tag, members: new Map() }),
  addPair: ({ members }, key, value) => {
    members.set(String(key), value);
    return "";
  },
  has: ({ members }, key) => members.has(String(key)),
  keys: () => [],
  get: () => undefined,
  finalize: ({ tag, members }) => ({ [nameOf(tag)]: Object.fromEntries(members) }),
  identify: neverDumped,
});

const schema = new Schema([
  strTag,
  seqTag,
  mapTag,
  nullYaml11Tag,
  boolTag,
  mergeTag,
  scalarForm,
  sequenceForm,
  mappingForm,
]);

/** Begins a document, wherever it stands at the beginning of a line. */
const MARKER = /^---(?:\s|$)/m;

/** A template is one document; the parser would read thousands before it says so. */
const checkIsOne = (text: string): void => {
  const first = MARKER.exec(text);
  if (first !== null && MARKER.test(text.slice(first.index + 3)))
    throw new RangeError("The text holds several documents");
};

const yamlTree = (text: string): unknown => {
  checkIsOne(text);
  return load(text, { schema, maxDepth: MAX_DEPTH, maxAliases: 10_000 });
};

/** Throws where the tree is deeper or, with each alias followed, larger than a template can be. */
const checkBounds = (tree: unknown, maxValues: number): void => {
  const sizes = new Map<object, number>();
  const sizeOf = (value: unknown, depth: number): number => {
    if (typeof value !== "object" || value === null) return 1;
    if (depth > MAX_DEPTH) throw new RangeError("The template is nested too deeply");
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // Met again before its size is known, it holds itself.
    sizes.set(value, Infinity);
    let size = 1;
    for (const member of Object.values(value)) size += sizeOf(member, depth + 1);
    if (size > maxValues) throw new RangeError("The template is too large");
    sizes.set(value, size);
    return size;
  };
  sizeOf(tree, 0);
};

/** What a template's text holds, as it stands there; throws if that is neither JSON nor YAML, or beyond all bounds. */
export const parsedTemplate = (text: string): unknown => {
  const tree: unknown = text.trimStart().startsWith("{") ? JSON.parse(text) : yamlTree(text);
  checkBounds(tree, text.length * MAX_VALUES_PER_CHARACTER);
  return tree;
};

/**
 * Transforms, in the order in which a template declares them. Those of AWS that change what is deployed are done; macros
 * of an account's own are refused, as in an account that has none.
 */
import { expandServerless } from "../serverless/serverless.ts";
import { validationError } from "../wire/refusal.ts";
import { evaluate, type Scope } from "./evaluate.ts";
import { unrolled, withoutLoops } from "./language-extensions.ts";
import { checkedTemplate, type Template } from "./parse.ts";
import { isRecord, templateTree } from "./template-tree.ts";

const INCLUDE = "AWS::Include";
const LANGUAGE = "AWS::LanguageExtensions";
const SERVERLESS = "AWS::Serverless-2016-10-31";

/** Transforms of AWS that need nothing done here. */
const QUIET = /^AWS::(?:CodeDeployBlueGreen|CodeStar|SecretsManager-\d{4}-\d\d-\d\d|ServiceCatalog)$/;

type Declared = Readonly<{ name: string; parameters: Readonly<Record<string, unknown>> }>;

/** What transforms may ask for. */
export type TransformContext = Readonly<{
  accountId: string;
  /** Parameters and pseudo parameters; a list parameter is an array. */
  parameters: Scope["parameters"];
  /** The text at an address in S3, where the simulated account has one. */
  textAt(location: string): string | undefined;
}>;

const declaredIn = (value: unknown): Declared => {
  if (typeof value === "string") return { name: value, parameters: {} };
  const { Name: name, Parameters: parameters } = isRecord(value) ? value : {};
  if (typeof name === "string") return { name, parameters: isRecord(parameters) ? parameters : {} };
  throw validationError(
    "Template format error: [/Transform] Every Transform must be a name, or have a Name.",
  );
};

/** A template declares transforms as a name, an object, or a list of these. */
const transformsOf = (tree: unknown): readonly Declared[] => {
  const value = isRecord(tree) ? tree["Transform"] : undefined;
  return value === undefined || value === null ? [] : [value].flat().map(declaredIn);
};

const HAVE_LOOPS: ReadonlySet<string> = new Set(["Conditions", "Outputs", "Resources"]);

/** What a template says before its transforms are done, and their names: without its loops and what they include. */
export const declaredTemplate = (tree: unknown): { template: Template; transforms: readonly string[] } => {
  const transforms = transformsOf(tree).map(({ name }) => name);
  if (!isRecord(tree) || transforms.length === 0) return { template: checkedTemplate(tree), transforms };
  const sections = Object.entries(tree).map(([name, section]) => [
    name,
    HAVE_LOOPS.has(name) ? withoutLoops(section) : section,
  ]);
  return { template: checkedTemplate(Object.fromEntries(sections), false), transforms };
};

const scopeOf = (tree: Record<string, unknown>, { parameters }: TransformContext): Scope => ({
  parameters,
  mappings: (isRecord(tree["Mappings"]) ? tree["Mappings"] : {}) as Scope["mappings"],
  condition: () => {
    throw validationError(`Transform ${LANGUAGE} failed with: Fn::ForEach cannot go over a condition`);
  },
  resource: (logicalId) => {
    throw validationError(
      `Transform ${LANGUAGE} failed with: Fn::ForEach cannot go over what is known of ${logicalId} only once it exists`,
    );
  },
  imported: (name) => name,
});

const listIn =
  (scope: Scope) =>
  (collection: unknown): readonly string[] => {
    const parts: readonly unknown[] = Array.isArray(collection) ? collection : [collection];
    return parts.flatMap((part) => {
      const value = evaluate(part, scope);
      return Array.isArray(value) ? value.map(String) : [String(value)];
    });
  };

/** Whatever stands at the location, in the place of the call; nothing where the account has nothing there. */
const withIncluded = (tree: unknown, context: TransformContext): unknown => {
  if (Array.isArray(tree)) return tree.map((item) => withIncluded(item, context));
  if (!isRecord(tree)) return tree;
  const { "Fn::Transform": called, ...members } = tree;
  const rest = Object.entries(members).map(([name, member]) => [name, withIncluded(member, context)]);
  if (called === undefined) return Object.fromEntries(rest) as unknown;
  const included = [called].flat().map((one) => includedBy(declaredIn(one), context));
  return Object.assign({}, ...included, Object.fromEntries(rest)) as unknown;
};

const includedBy = ({ name, parameters }: Declared, context: TransformContext): unknown => {
  if (name !== INCLUDE) throw unknownMacro(name, context);
  const { Location } = parameters;
  const text = typeof Location === "string" ? context.textAt(Location) : undefined;
  return text === undefined ? {} : templateTree(text);
};

const unknownMacro = (name: string, { accountId }: TransformContext) =>
  validationError(`No transform named ${accountId}::${name} found.`);

/** The template once its transforms are done; a template without any is left as it is. */
export const processedTree = (tree: unknown, context: TransformContext): unknown => {
  if (!isRecord(tree)) return tree;
  const { Transform: _, ...template } = tree;
  let whole = withIncluded(template, context);
  for (const declared of transformsOf(tree)) {
    if (!isRecord(whole)) return whole;
    if (declared.name === LANGUAGE) whole = unrolled(whole, listIn(scopeOf(whole, context)));
    else if (declared.name === SERVERLESS) whole = expandServerless(whole, context.parameters);
    else if (declared.name === INCLUDE) whole = { ...whole, ...(includedBy(declared, context) as object) };
    else if (!QUIET.test(declared.name)) throw unknownMacro(declared.name, context);
  }
  return whole;
};

/** A template's text, JSON or YAML with CloudFormation's short forms, as the tree that it holds, in long forms only. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Scalar } from "yaml";
import { validationError } from "../wire/refusal.ts";

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

/** Refuses with ValidationError what is neither JSON nor YAML. */
export const templateTree = (body: string): unknown => {
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

/**
 * CloudFormation's functions, evaluated. What a resource is called or which attributes it has is asked of the
 * scope, so that the same walk serves the finding of dependencies, the comparison of templates and the real values.
 */
import { validationError } from "../wire/refusal.ts";
import type { Template } from "./parse.ts";
import { isRecord } from "./template-tree.ts";

/** What names mean while a value is evaluated. */
export type Scope = Readonly<{
  /** Parameters and pseudo parameters; a list parameter is an array. */
  parameters: Readonly<Record<string, string | readonly string[]>>;
  mappings: Template["Mappings"];
  condition(name: string): boolean;
  /** `Ref` of a resource, or with an attribute `Fn::GetAtt`. */
  resource(logicalId: string, attribute?: string): unknown;
  /** The value of an export. */
  imported(name: string): string;
  /** Whether the values of resources are made up, so that a list of them may be too short. */
  isMadeUp?: boolean;
}>;

/** `AWS::NoValue`: the member that has it is left out. */
const NO_VALUE = Symbol("AWS::NoValue");

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : Array.isArray(value)
      ? value.map(textOf).join(",")
      : isRecord(value)
        ? JSON.stringify(value)
        : String(value);

const reference = (name: string, scope: Scope): unknown => {
  if (name === "AWS::NoValue") return NO_VALUE;
  return scope.parameters[name] ?? scope.resource(name);
};

const substituted = (argument: unknown, scope: Scope): string => {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isRecord(variables) ? variables : {};
  return textOf(text).replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, raw: string) => {
    if (literal) return `\${${raw}}`;
    const name = raw.trim();
    if (name in own) return textOf(evaluate(own[name], scope));
    const dot = name.indexOf(".");
    if (dot < 0 || name.startsWith("AWS::")) return textOf(reference(name, scope));
    return textOf(scope.resource(name.slice(0, dot), name.slice(dot + 1)));
  });
};

const mapped = (argument: unknown, scope: Scope): unknown => {
  const [map, top, second, options] = listOf(argument).map((part) => evaluate(part, scope));
  const found = scope.mappings[textOf(map)]?.[textOf(top)]?.[textOf(second)];
  if (found !== undefined) return found;
  if (isRecord(options) && "DefaultValue" in options) return options["DefaultValue"];
  throw validationError(
    `Template error: Unable to get mapping for ${[map, top, second].map(textOf).join("::")}`,
  );
};

const subnetsOf = (argument: unknown, scope: Scope): string[] => {
  const [block, count, bits] = listOf(argument).map((part) => textOf(evaluate(part, scope)));
  const [address = "10.0.0.0"] = (block ?? "").split("/");
  const [first = "10", second = "0"] = address.split(".");
  const prefix = 32 - Number(bits ?? 8);
  return Array.from({ length: Number(count) || 1 }, (_, index) => `${first}.${second}.${index}.0/${prefix}`);
};

const FUNCTIONS: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (name, scope) => reference(textOf(isRecord(name) ? evaluate(name, scope) : name), scope),
  Condition: (name, scope) => scope.condition(textOf(name)),
  "Fn::GetAtt": (argument, scope) => {
    const [logicalId, ...attribute] = typeof argument === "string" ? argument.split(".") : listOf(argument);
    return scope.resource(
      textOf(isRecord(logicalId) ? evaluate(logicalId, scope) : logicalId),
      attribute.map((part) => textOf(evaluate(part, scope))).join("."),
    );
  },
  "Fn::Sub": substituted,
  "Fn::Join": (argument, scope) => {
    const [delimiter, parts] = listOf(argument);
    return listOf(evaluate(parts, scope)).map(textOf).join(textOf(delimiter));
  },
  "Fn::Split": (argument, scope) => {
    const [delimiter, text] = listOf(argument);
    return textOf(evaluate(text, scope)).split(textOf(delimiter));
  },
  "Fn::Select": (argument, scope) => {
    const [index, list] = listOf(argument).map((part) => evaluate(part, scope));
    const items = typeof list === "string" ? list.split(",") : listOf(list);
    const found = items[Number(index)];
    if (found !== undefined) return found;
    // What stands for a resource or an unknown export is one text, whatever it will be split into.
    if (scope.isMadeUp === true || items.some((item) => /[\u0001\ue000]|^value-of-/.test(textOf(item))))
      return items[0] ?? "";
    throw validationError(
      `Template error: Fn::Select cannot select nonexistent value at index ${textOf(index)}`,
    );
  },
  "Fn::If": (argument, scope) => {
    const [name, yes, no] = listOf(argument);
    return evaluateMember(scope.condition(textOf(name)) ? yes : no, scope);
  },
  "Fn::Equals": (argument, scope) => {
    const [left, right] = listOf(argument).map((part) => textOf(evaluate(part, scope)));
    return left === right;
  },
  "Fn::And": (argument, scope) => listOf(argument).every((part) => evaluate(part, scope) === true),
  "Fn::Or": (argument, scope) => listOf(argument).some((part) => evaluate(part, scope) === true),
  "Fn::Not": (argument, scope) => evaluate(listOf(argument)[0], scope) !== true,
  "Fn::FindInMap": mapped,
  "Fn::Base64": (argument, scope) => Buffer.from(textOf(evaluate(argument, scope))).toString("base64"),
  "Fn::GetAZs": (argument, scope) => {
    const region = textOf(evaluate(argument, scope)) || textOf(scope.parameters["AWS::Region"]);
    const zones = region === "us-east-1" ? "abcdef" : "abc";
    return [...zones].map((zone) => region + zone);
  },
  "Fn::ImportValue": (argument, scope) => scope.imported(textOf(evaluate(argument, scope))),
  "Fn::Cidr": subnetsOf,
  "Fn::Length": (argument, scope) => listOf(evaluate(argument, scope)).length,
  "Fn::ToJsonString": (argument, scope) => JSON.stringify(evaluate(argument, scope)),
  "Fn::Transform": () => ({}),
};

const evaluateMember = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) {
    return value.map((item) => evaluateMember(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const [name, argument] = only;
    // A policy's "Condition" block has the name of a function but no text as its argument.
    const apply = name === "Condition" && typeof argument !== "string" ? undefined : FUNCTIONS[name];
    if (apply !== undefined) return apply(argument, scope);
  }
  return Object.fromEntries(
    entries
      .map(([name, member]) => [name, evaluateMember(member, scope)] as const)
      .filter(([, member]) => member !== NO_VALUE),
  );
};

/** The value with every function in it applied; `AWS::NoValue` at the top is an empty text. */
export const evaluate = (value: unknown, scope: Scope): unknown => {
  const result = evaluateMember(value, scope);
  return result === NO_VALUE ? "" : result;
};

/** Reads conditions by name, each evaluated once and in any order. */
export const conditionsOf = (template: Template, scope: Omit<Scope, "condition">): Scope["condition"] => {
  const known = new Map<string, boolean>();
  const condition = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (!(name in template.Conditions)) {
      throw validationError(`Template error: unresolved condition dependency ${name} in Fn::If`);
    }
    const value = evaluate(template.Conditions[name], { ...scope, condition }) === true;
    known.set(name, value);
    return value;
  };
  return condition;
};

/**
 * The conditions of a template, evaluated with the parameters of its stack. What cannot be known here, such as an
 * attribute of a resource or a secret parameter, stays unknown, and so does what depends on it.
 */
import type { Template } from "./template.ts";

/** Marks what cannot be known here. */
const UNKNOWN = Symbol("unknown");

/** Whether a condition holds. */
export type Truth = boolean | typeof UNKNOWN;

type Value = string | readonly Value[] | typeof UNKNOWN;

type Functions = Readonly<Record<string, (argument: unknown) => Value>>;

/** What DescribeStacks shows in the place of a NoEcho parameter. */
const HIDDEN = "****";

const ownValueOf = (record: unknown, key: string): unknown =>
  typeof record === "object" && record !== null && Object.hasOwn(record, key)
    ? Object.entries(record).find(([name]) => name === key)?.[1]
    : undefined;

const entryOf = (node: unknown): [string, unknown] | undefined => {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return undefined;
  const entries = Object.entries(node);
  return entries.length === 1 ? entries[0] : undefined;
};

/** Three-valued and, or: `deciding` if any is, else unknown if any is. */
const unlessAny = (deciding: boolean, truths: readonly Truth[]): Truth => {
  if (truths.includes(deciding)) return deciding;
  return truths.includes(UNKNOWN) ? UNKNOWN : !deciding;
};

const isText = (value: unknown): value is string => typeof value === "string";

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const argumentsOf = (argument: unknown): readonly unknown[] =>
  Array.isArray(argument) ? argument : [argument];

/** A list, or the value of a list parameter, which is one text. */
const itemsOf = (value: Value): readonly Value[] | undefined => {
  if (isList(value)) return value;
  return isText(value) ? value.split(",").map((item) => item.trim()) : undefined;
};

/** Three-valued equality: what differs in a known part differs. */
const equal = (left: Value, right: Value): Truth => {
  if (left === UNKNOWN || right === UNKNOWN) return UNKNOWN;
  if (isText(left) && isText(right)) return left === right;
  if (!isList(left) || !isList(right)) return UNKNOWN;
  if (left.length !== right.length) return false;
  return unlessAny(
    false,
    left.map((item, index) => equal(item, right[index] ?? UNKNOWN)),
  );
};

/** Reads conditions by name, each evaluated once and in any order. */
export const conditionsOf = (
  template: Template,
  parameters: Readonly<Record<string, string>>,
): ((name: string) => Truth) => {
  // Each is evaluated once: conditions that name each other twice a level would take for ever otherwise.
  const decided = new Map<string, Truth>();

  const named = (name: string): Truth => {
    if (!Object.hasOwn(template.conditions, name)) return UNKNOWN;
    const known = decided.get(name);
    if (known !== undefined) return known;
    // What is met again while it is being decided lies in a cycle, which no valid template has.
    decided.set(name, UNKNOWN);
    const value = truthOf(template.conditions[name]);
    decided.set(name, value);
    return value;
  };

  const truthOf = (node: unknown): Truth => {
    const entry = entryOf(node);
    if (!entry) return UNKNOWN;
    const [name, argument] = entry;
    const all = argumentsOf(argument);
    switch (name) {
      case "Condition":
        return isText(argument) ? named(argument) : UNKNOWN;
      case "Fn::Not": {
        const inner = truthOf(all[0]);
        return inner === UNKNOWN ? UNKNOWN : !inner;
      }
      case "Fn::And":
        return unlessAny(false, all.map(truthOf));
      case "Fn::Or":
        return unlessAny(true, all.map(truthOf));
      case "Fn::Equals":
        return all.length === 2 ? equal(valueOf(all[0]), valueOf(all[1])) : UNKNOWN;
      case "Fn::Contains": {
        const items = itemsOf(valueOf(all[0]));
        const wanted = valueOf(all[1]);
        return items === undefined
          ? UNKNOWN
          : unlessAny(
              true,
              items.map((item) => equal(item, wanted)),
            );
      }
      default:
        return UNKNOWN;
    }
  };

  const valueOf = (node: unknown): Value => {
    if (isText(node)) return node;
    if (typeof node === "number" || typeof node === "boolean") return String(node);
    if (Array.isArray(node)) return node.map(valueOf);
    const entry = entryOf(node);
    if (!entry || !Object.hasOwn(functions, entry[0])) return UNKNOWN;
    return functions[entry[0]]?.(entry[1]) ?? UNKNOWN;
  };

  const parameter = (name: string): Value => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined || value === HIDDEN ? UNKNOWN : value;
  };

  /** Names in `${}` are parameters, or the function's own variables; resources and their attributes are unknown. */
  const substituted = (argument: unknown): Value => {
    const [text, variables] = argumentsOf(argument);
    if (!isText(text)) return UNKNOWN;
    const own = (name: string): Value => {
      const given = ownValueOf(variables, name);
      return given === undefined ? parameter(name) : valueOf(given);
    };
    let isKnown = true;
    const whole = text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
      if (literal !== "") return `\${${name}}`;
      const value = own(name.trim());
      isKnown &&= isText(value);
      return isText(value) ? value : "";
    });
    return isKnown ? whole : UNKNOWN;
  };

  const mapped = (argument: unknown): Value => {
    const [map, top, second, options] = argumentsOf(argument);
    let found: unknown = template.mappings;
    for (const step of [map, top, second]) {
      const key = valueOf(step);
      if (!isText(key)) return UNKNOWN;
      found = ownValueOf(found, key);
    }
    return valueOf(found ?? ownValueOf(options, "DefaultValue"));
  };

  const joined = (argument: unknown): Value => {
    const [separator, parts] = argumentsOf(argument).map(valueOf);
    const items = parts === undefined ? undefined : itemsOf(parts);
    return isText(separator) && items?.every(isText) === true ? items.join(separator) : UNKNOWN;
  };

  const functions: Functions = {
    Ref: (name) => (isText(name) ? parameter(name) : UNKNOWN),
    "Fn::FindInMap": mapped,
    "Fn::If": (argument) => {
      const [condition, yes, no] = argumentsOf(argument);
      const chosen = isText(condition) ? named(condition) : UNKNOWN;
      return chosen === UNKNOWN ? UNKNOWN : valueOf(chosen ? yes : no);
    },
    "Fn::Join": joined,
    "Fn::Length": (argument) => {
      const items = itemsOf(valueOf(argument));
      return items === undefined ? UNKNOWN : String(items.length);
    },
    "Fn::Select": (argument) => {
      const [index, list] = argumentsOf(argument).map(valueOf);
      const items = list === undefined ? undefined : itemsOf(list);
      return isText(index) && /^\d+$/.test(index) ? (items?.[Number(index)] ?? UNKNOWN) : UNKNOWN;
    },
    "Fn::Split": (argument) => {
      const [separator, text] = argumentsOf(argument).map(valueOf);
      return isText(separator) && separator !== "" && isText(text) ? text.split(separator) : UNKNOWN;
    },
    "Fn::Sub": substituted,
  };

  return named;
};

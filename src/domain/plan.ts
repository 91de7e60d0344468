/**
 * Which resources an operation is going to touch: from its change set, or from a template whose conditions are
 * evaluated with the stack's parameters. A resource whose condition cannot be decided counts.
 */
import { partitionNamed } from "../protocol/partitions.ts";
import type { Template } from "./template.ts";

/** Types of resources by logical id. */
export type Plan = Readonly<Record<string, string>>;

/** Resources that a change set touches before its clean-up: removed ones are deleted in the clean-up. */
export const planOfChanges = (
  changes: readonly Readonly<{ action: string; logicalId: string; type: string }>[],
): Plan =>
  Object.fromEntries(
    changes.filter(({ action }) => action !== "Remove").map(({ logicalId, type }) => [logicalId, type]),
  );

/** Resources of a template whose condition holds. `parameters`: values by name, pseudo parameters included. */
export const planOfTemplate = (template: Template, parameters: Readonly<Record<string, string>>): Plan => {
  const holds = conditionsOf(template, parameters);
  const kept = Object.entries(template.resources).filter(
    ([, { condition }]) => condition === undefined || holds(condition) !== false,
  );
  return Object.fromEntries(kept.map(([logicalId, { type }]) => [logicalId, type]));
};

/** The pseudo parameters that conditions may ask for. */
export const pseudoParameters = (stackId: string): Record<string, string> => {
  const [, partition = "aws", , region = "", account = "", resource = ""] = stackId.split(":");
  return {
    "AWS::Partition": partition,
    "AWS::Region": region,
    "AWS::AccountId": account,
    "AWS::StackId": stackId,
    "AWS::StackName": resource.split("/")[1] ?? "",
    "AWS::URLSuffix": partitionNamed(partition).dnsSuffix,
  };
};

/** Marks a value that cannot be known here. */
const UNKNOWN = Symbol("unknown");

type Truth = boolean | typeof UNKNOWN;

const ownValueOf = (record: unknown, key: string): unknown =>
  typeof record === "object" && record !== null
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

const conditionsOf = (template: Template, parameters: Readonly<Record<string, string>>) => {
  // Each is evaluated once: conditions that name each other twice a level would take for ever otherwise.
  const decided = new Map<string, Truth>();

  const named = (name: string): Truth => {
    if (!Object.hasOwn(template.conditions, name)) return UNKNOWN;
    const known = decided.get(name);
    if (known !== undefined) return known;
    // What is met again while it is being decided lies in a circle, which no valid template has.
    decided.set(name, UNKNOWN);
    const value = evaluate(template.conditions[name]);
    decided.set(name, value);
    return value;
  };

  const evaluate = (node: unknown): Truth => {
    const entry = entryOf(node);
    if (!entry) return UNKNOWN;
    const [name, argument] = entry;
    const all = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case "Condition":
        return typeof argument === "string" ? named(argument) : UNKNOWN;
      case "Fn::Not": {
        const inner = evaluate(all[0]);
        return inner === UNKNOWN ? UNKNOWN : !inner;
      }
      case "Fn::And":
        return unlessAny(false, all.map(evaluate));
      case "Fn::Or":
        return unlessAny(true, all.map(evaluate));
      case "Fn::Equals": {
        const [left, right] = all.map(valueOf);
        return left === UNKNOWN || right === UNKNOWN ? UNKNOWN : left === right;
      }
      default:
        return UNKNOWN;
    }
  };

  const valueOf = (node: unknown): string | typeof UNKNOWN => {
    if (typeof node === "string" || typeof node === "number" || typeof node === "boolean")
      return String(node);
    const entry = entryOf(node);
    if (!entry) return UNKNOWN;
    const [name, argument] = entry;
    if (name === "Ref" && typeof argument === "string") {
      return Object.hasOwn(parameters, argument) ? (parameters[argument] ?? UNKNOWN) : UNKNOWN;
    }
    if (name === "Fn::FindInMap" && Array.isArray(argument)) return mapped(argument);
    if (name === "Fn::Join" && Array.isArray(argument)) return joined(argument);
    if (name === "Fn::If" && Array.isArray(argument) && typeof argument[0] === "string") {
      const chosen = named(argument[0]);
      return chosen === UNKNOWN ? UNKNOWN : valueOf(chosen ? argument[1] : argument[2]);
    }
    return UNKNOWN;
  };

  const mapped = (path: readonly unknown[]): string | typeof UNKNOWN => {
    let found: unknown = template.mappings;
    for (const step of path) {
      const key = valueOf(step);
      if (key === UNKNOWN) return UNKNOWN;
      found = ownValueOf(found, key);
    }
    return valueOf(found);
  };

  const joined = ([separator, parts]: readonly unknown[]): string | typeof UNKNOWN => {
    if (typeof separator !== "string" || !Array.isArray(parts)) return UNKNOWN;
    const values = parts.map(valueOf);
    return values.includes(UNKNOWN) ? UNKNOWN : values.join(separator);
  };

  return named;
};

/** Two plans of one stack compared: what an update will add, change, replace and remove. */
import { isDeepStrictEqual } from "node:util";
import { REFERENCE, type Plan, type PlannedResource } from "./plan.ts";
import { replaces } from "./replacement.ts";

/** One resource that an update touches. */
export type Change = Readonly<{
  action: "Add" | "Modify" | "Remove";
  logicalId: string;
  type: string;
  /** Of a `Modify`: whether it is created again. */
  replacement: boolean;
  /** Names of the properties that differ. */
  properties: readonly string[];
  /** Whether it changes only because something that it refers to is replaced. */
  isDynamic: boolean;
}>;

const refersTo = (value: unknown, replaced: ReadonlySet<string>): boolean =>
  [
    ...JSON.stringify(value ?? null)
      .replaceAll("\\u0001", "\u0001")
      .matchAll(REFERENCE),
  ].some(([, logicalId]) => logicalId !== undefined && replaced.has(logicalId));

const compared = (
  before: PlannedResource,
  after: PlannedResource,
  replaced: ReadonlySet<string>,
): Change | undefined => {
  const names = [...new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])];
  const differing = names.filter(
    (name) => !isDeepStrictEqual(before.properties[name], after.properties[name]),
  );
  const following = names.filter(
    (name) => !differing.includes(name) && refersTo(after.properties[name], replaced),
  );
  const properties = [...differing, ...following];
  const isMetadataOnly = properties.length === 0;
  if (isMetadataOnly && isDeepStrictEqual(before.metadata, after.metadata)) return undefined;
  return {
    action: "Modify",
    logicalId: after.logicalId,
    type: after.type,
    replacement: properties.some((name) => replaces(after.type, name)),
    properties,
    isDynamic: differing.length === 0 && !isMetadataOnly,
  };
};

/** `alsoModified` names resources that change though their properties do not: nested stacks with a new template. */
export const differenceOf = (
  before: Plan,
  after: Plan,
  alsoModified: (resource: PlannedResource) => boolean = () => false,
): readonly Change[] => {
  const whole = { replacement: false, properties: [], isDynamic: false };
  const changes = new Map<string, Change>();
  const replaced = new Set<string>();
  // A replacement changes what refers to it, which may be replaced in turn: repeat until nothing new turns up.
  for (let found = -1; found !== replaced.size;) {
    found = replaced.size;
    for (const [logicalId, resource] of after.resources) {
      const old = before.resources.get(logicalId);
      const { type } = resource;
      if (old === undefined) {
        changes.set(logicalId, { action: "Add", logicalId, type, ...whole });
        continue;
      }
      const change = compared(old, resource, replaced);
      if (change !== undefined) changes.set(logicalId, change);
      else if (alsoModified(resource))
        changes.set(logicalId, { action: "Modify", logicalId, type, ...whole });
      if (change?.replacement === true) replaced.add(logicalId);
    }
  }
  for (const [logicalId, { type }] of before.resources) {
    if (!after.resources.has(logicalId))
      changes.set(logicalId, { action: "Remove", logicalId, type, ...whole });
  }
  return [...changes.values()];
};

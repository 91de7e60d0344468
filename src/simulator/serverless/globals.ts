/** Properties that a serverless template gives to all resources of a type: merged into each as the transform does. */
import { isRecord } from "../template/template-tree.ts";
import { recordOf, type Node } from "./expansion.ts";

const PREFIX = "AWS::Serverless::";

const isFunction = (value: Node): boolean => {
  const [only, ...others] = Object.keys(value);
  return others.length === 0 && only !== undefined && (only === "Ref" || only.startsWith("Fn::"));
};

/** Maps are merged, lists joined, and of everything else the resource's own holds. */
const merged = (general: unknown, own: unknown): unknown => {
  if (own === undefined) return general;
  if (Array.isArray(general) && Array.isArray(own)) return [...general, ...own];
  if (isRecord(general) && isRecord(own) && !isFunction(general) && !isFunction(own)) {
    const names = new Set([...Object.keys(general), ...Object.keys(own)]);
    return Object.fromEntries([...names].map((name) => [name, merged(general[name], own[name])]));
  }
  return own;
};

const withoutIgnored = (general: Node, ignored: unknown): Node => {
  if (ignored === "*") return {};
  const names: readonly unknown[] = Array.isArray(ignored) ? ignored : [];
  return Object.fromEntries(Object.entries(general).filter(([name]) => !names.includes(name)));
};

/** The resources with what the section `Globals` says of their types. */
export const withGlobals = (globals: unknown, resources: Record<string, Node>): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => {
      const type = typeof resource["Type"] === "string" ? resource["Type"] : "";
      if (!type.startsWith(PREFIX)) return [id, resource];
      const general = withoutIgnored(
        recordOf(recordOf(globals)[type.slice(PREFIX.length)]),
        resource["IgnoreGlobals"],
      );
      const { IgnoreGlobals: _, ...rest } = resource;
      return [id, { ...rest, Properties: recordOf(merged(general, recordOf(resource["Properties"]))) }];
    }),
  );

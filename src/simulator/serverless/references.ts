/** References to what a serverless resource was expanded to (`!Ref Orders.Alias`), and to resources with a new id. */
import { isRecord } from "../template/template-tree.ts";
import type { Expansion } from "./expansion.ts";

/** Rewrites every reference in a value. */
export const withReferences = ({ references, renamed }: Expansion): ((value: unknown) => unknown) => {
  /** `Id.Property.Attribute`: the new id, and what follows it. */
  const pathOf = (path: string): readonly [id: string, rest: string] | undefined => {
    const [id = "", property, ...attribute] = path.split(".");
    const made = property === undefined ? undefined : references.get(`${id}.${property}`);
    if (made !== undefined) return [made, attribute.join(".")];
    const moved = renamed.get(id);
    return moved === undefined ? undefined : [moved, [property, ...attribute].filter(Boolean).join(".")];
  };

  const placed = (text: string): string =>
    text.replaceAll(/\$\{([A-Za-z0-9.]+)\}/g, (whole, path: string) => {
      const found = pathOf(path);
      return found === undefined ? whole : `\${${found.filter(Boolean).join(".")}}`;
    });

  const rewritten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewritten);
    if (!isRecord(value)) return value;
    const { Ref: name, "Fn::GetAtt": attribute, "Fn::Sub": text } = value;
    if (typeof name === "string") {
      const found = pathOf(name);
      return found === undefined ? value : { Ref: found[0] };
    }
    const path = Array.isArray(attribute) ? attribute.join(".") : attribute;
    if (typeof path === "string" && Object.keys(value).length === 1) {
      const found = pathOf(path);
      if (found !== undefined) return { "Fn::GetAtt": found[1] === "" ? [found[0]] : found };
    }
    if (typeof text === "string") return { "Fn::Sub": placed(text) };
    if (Array.isArray(text) && typeof text[0] === "string")
      return { "Fn::Sub": [placed(text[0]), rewritten(text[1])] };
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === "DependsOn"
          ? [member].flat().map((id) => (typeof id === "string" ? (renamed.get(id) ?? id) : id))
          : rewritten(member),
      ]),
    );
  };
  return rewritten;
};

/** Answers of the Query protocol as AWS writes them: lists as `<member>`, or as EC2's `<item>`, empty things as empty tags. */

/** What can be written; absent members are left out. */
export type XmlValue =
  string | number | boolean | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\r": "&#xD;",
};

const escaped = (text: string): string =>
  text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? "");

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

/** What an element of a list is called. */
type ItemName = "member" | "item";

/** Writes one element with all in it. */
const elementWriter = (itemName: ItemName) => {
  const elementOf = (name: string, value: XmlValue, indent = ""): string => {
    if (value === undefined) return "";
    if (typeof value !== "object") {
      const text = escaped(String(value));
      return text === "" ? `${indent}<${name}/>\n` : `${indent}<${name}>${text}</${name}>\n`;
    }
    const deeper = `${indent}  `;
    const content = isList(value)
      ? value.map((item) => elementOf(itemName, item, deeper)).join("")
      : Object.entries(value)
          .map(([member, inner]) => elementOf(member, inner, deeper))
          .join("");
    return content === "" ? `${indent}<${name}/>\n` : `${indent}<${name}>\n${content}${indent}</${name}>\n`;
  };
  return elementOf;
};

/** A whole document whose root has a namespace. */
export const documentOf = (
  name: string,
  namespace: string,
  content: { readonly [name: string]: XmlValue },
  itemName: ItemName = "member",
): string => elementWriter(itemName)(name, content).replace(`<${name}>`, `<${name} xmlns="${namespace}">`);

/**
 * The two things that reading an answer of AWS needs of XML itself: refusing what AWS never sends, and turning
 * character references into characters. It never builds a tree.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { failed, success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";

const REFERENCE = /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi;

const NAMED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

const LAST_CODE_POINT = 0x10ffff;

/** Text as it was before it was written into XML; a reference that stands for nothing is left as it is. */
export const unescapedXml = (text: string): string =>
  text.includes("&")
    ? text.replace(REFERENCE, (whole, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return NAMED.get(name) ?? whole;
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole;
      })
    : text;

const escapedXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const SECTION = /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->/g;

/** Whether the last section of a kind is closed: one that is not would be searched to the end for each that begins. */
const isClosed = (xml: string, opening: string, closing: string): boolean =>
  xml.lastIndexOf(closing) >= xml.lastIndexOf(opening);

/** A failure for an answer that is not what AWS says. */
export const badAnswer = (message: string) => failed({ kind: "bad-answer", message } as const);

/**
 * The document, whole, with that root element, and with no markup but tags: CDATA sections become escaped text, comments
 * go. Emulators write both, AWS writes neither, so AWS's own pages pay one search.
 */
export const plainDocument = (xml: string, root: string): Result<string, LookupFailure> => {
  const opening = xml.indexOf(`<${root}`);
  if (opening === -1 || !/[\s>]/.test(xml.charAt(opening + root.length + 1)))
    return badAnswer(`no ${root} in the answer`);
  if (!/^(?:\s*<\?xml[^>]*\?>)?\s*$/.test(xml.slice(0, opening))) return badAnswer(`${root} is not the root`);
  if (!xml.trimEnd().endsWith(`</${root}>`)) return badAnswer(`${root} is cut short`);
  if (!xml.includes("<!")) return success(xml);
  if (xml.includes("<!DOCTYPE")) return badAnswer("the answer declares a DOCTYPE");
  if (!isClosed(xml, "<![CDATA[", "]]>") || !isClosed(xml, "<!--", "-->"))
    return badAnswer("a section has no end");
  const plain = xml.replace(SECTION, (_, text?: string) => (text === undefined ? "" : escapedXml(text)));
  return plain.includes("<!") ? badAnswer("unknown markup in the answer") : success(plain);
};

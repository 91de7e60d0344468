/**
 * An answer in XML becomes a plain tree of objects, lists and texts, for the calls that are made seldom; the events of
 * a stack are read by `event-page.ts`. Nothing is guessed: no text becomes a number, and no blank is trimmed.
 */
import { XMLParser } from "fast-xml-parser";
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { badAnswer, plainDocument } from "./xml-text.ts";

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  // Without it numeric references stay as they are: https://github.com/NaturalIntelligence/fast-xml-parser (test/aws/query-xml.test.ts)
  htmlEntities: true,
  isArray: (name) => name === "member",
});

/** What stands in the root element, read through the schema. */
export const readXml = <Value>(
  xml: string,
  root: string,
  schema: z.ZodType<Value>,
): Result<Value, LookupFailure> => {
  const document = plainDocument(xml, root);
  if (!document.ok) return document;
  let tree: unknown;
  try {
    tree = parser.parse(document.value, true);
  } catch {
    // The parser's own message quotes the document, and a document may hold secrets.
    return badAnswer(`${root} is not well-formed`);
  }
  const read = z.object({ [root]: schema }).safeParse(tree);
  if (!read.success)
    return badAnswer(`${root} lacks ${read.error.issues[0]?.path.join(".") ?? "its fields"}`);
  const value = read.data[root];
  return value === undefined ? badAnswer(`${root} is empty`) : success(value);
};

const membersOf = (element: unknown): unknown =>
  typeof element === "object" && element !== null && "member" in element ? element.member : [];

/** A list as the Query protocol writes it: absent, an empty element, or an element of members. */
export const listOf = <Item>(item: z.ZodType<Item>) => z.preprocess(membersOf, z.array(item));

/** DynamoDB's LastEvaluatedKey as an opaque text for the wire, and back: only one of string keys, of the partition asked for. */
import * as z from "zod";
import { jsonIn } from "../transport/json-text.ts";

const startKey = z.record(z.string(), z.strictObject({ S: z.string() }));

/** Opaque, and safe in a URL. */
export const tableCursorOf = (lastEvaluatedKey: Readonly<Record<string, unknown>>): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(lastEvaluatedKey));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
};

const textIn = (cursor: string): string => {
  try {
    const bytes = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  } catch {
    return "";
  }
};

/** The key to go on from; undefined if the cursor is damaged or leads into another partition. */
export const startKeyOf = (cursor: string, partitionName: string, partitionValue: string) => {
  const { data } = startKey.safeParse(jsonIn(textIn(cursor)));
  return data?.[partitionName]?.S === partitionValue ? data : undefined;
};

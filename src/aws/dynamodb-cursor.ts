/** DynamoDB's LastEvaluatedKey as an opaque text for the wire, and back: only one of string keys, of the partition asked for. */
import * as z from "zod";

const startKey = z.record(z.string(), z.strictObject({ S: z.string() }));

/** Opaque, and safe in a URL. */
export const cursorOf = (lastEvaluatedKey: Readonly<Record<string, unknown>>): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(lastEvaluatedKey));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
};

const parsedCursor = (cursor: string): unknown => {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
      char.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

/** The key to go on from; undefined if the cursor is damaged or leads into another partition. */
export const startKeyOf = (cursor: string, partitionName: string, partitionValue: string) => {
  const { data } = startKey.safeParse(parsedCursor(cursor));
  return data?.[partitionName]?.S === partitionValue ? data : undefined;
};

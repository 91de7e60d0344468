/** Where a page of a list ended, as text that goes into the question for the next one. */
import type * as z from "zod";
import type { Failure } from "./protocol/failure.ts";

export const badCursor: Failure = {
  code: "INVALID_REQUEST",
  message: "cursor: must be one that an earlier page gave",
  details: [{ field: "cursor", message: "must be one that an earlier page gave" }],
};

/** The key of the page's last row, as text. */
export const pageCursorOf = (key: readonly string[]): string =>
  new TextEncoder().encode(JSON.stringify(key)).toBase64({ alphabet: "base64url", omitPadding: true });

/** The key of a cursor; undefined: it is none of ours. */
export const keyIn = <Key>(cursor: string, schema: z.ZodType<Key>): Key | undefined => {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
};

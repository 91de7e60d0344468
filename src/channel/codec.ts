/**
 * How what an object stored is read back. A row that a release wrote is read by those after it: what came later is
 * optional, and fields that are not known are kept. A row that cannot be read is reported in the log and on `/healthz`, and never thrown.
 */
import * as z from "zod";
import { logLine } from "../log.ts";
import { noteUnreadable } from "./unreadable-rows.ts";

/** The layout of all rows of an object, kept with its head; rows without it are of layout 1. Fields may be added to a layout. */
export const LAYOUT = 1;

/** The same of an object with a log. In layout 1 the head moves with each commit; in layout 2 the log goes on from it. */
export const LOG_LAYOUT = 2;

export type Codec<Value> = z.ZodType<Value>;

type Shape<Value> = { [Field in keyof Value]-?: z.ZodType<Value[Field]> };

/** An object. Each of its fields has to be named here, or it does not compile. */
export const objectOf = <Value extends object>(shape: Shape<Value>): Codec<Value> =>
  z.looseObject(shape) as unknown as Codec<Value>;

/** A word of a fixed list; a release that knows more of them may have written it. */
export const wordCodec = <Word extends string>(): Codec<Word> => z.string() as unknown as Codec<Word>;

/** What a row holds; undefined if that cannot be read. `key`: of the row, for the log. */
export const decoded = <Value>(codec: Codec<Value>, stored: unknown, key: string): Value | undefined => {
  const { data, error } = codec.safeParse(stored);
  if (!error) return data;
  const [issue] = error.issues;
  const problem = `${issue?.path.join(".") ?? ""}: ${issue?.code ?? ""}`;
  logLine("error", "Stored row cannot be read", { key, problem });
  noteUnreadable(key, Date.now());
  return undefined;
};

/** The same of JSON text. */
export const decodedText = <Value>(codec: Codec<Value>, text: string, key: string): Value | undefined => {
  try {
    return decoded(codec, JSON.parse(text), key);
  } catch {
    return decoded(codec, undefined, key);
  }
};

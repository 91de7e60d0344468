/**
 * How much an event and what is kept of it may hold, so that a state always fits into a row (2 MB), a call between objects
 * (32 MiB) and a snapshot. What orchestrators send is refused beyond that; what AWS says is cut, and said to be.
 */
import type { OutputValue } from "./stack/output-value.ts";

/** An event of an orchestrator, as JSON. */
export const MAX_EVENT_BYTES = 256 * 1024;

/** The outputs of a stack, as JSON. */
export const MAX_OUTPUTS_BYTES = 128 * 1024;

/** Characters of a text that people read, such as a reason. */
export const MAX_TEXT_LENGTH = 65_536;

/** Characters of what tells things from each other: an ARN, a URN, a path. */
export const MAX_NAME_LENGTH = 2_048;

/** Characters of a word: a status, a type. */
export const MAX_WORD_LENGTH = 256;

/** Resources of a deployment whose events an orchestrator sends, the characters of their names, and dependencies. */
export const MAX_RESOURCES = 50_000;
export const MAX_RESOURCES_LENGTH = 16 * 1024 * 1024;
export const MAX_DEPENDENCIES = 20_000;

/** Length in UTF-8; half a character counts as the sign that replaces it. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    if (code < 0xd800 || code > 0xdbff) continue;
    const next = text.charCodeAt(at + 1);
    // Both halves of a character make four bytes.
    if (next >= 0xdc00 && next <= 0xdfff) {
      bytes += 1;
      at += 1;
    }
  }
  return bytes;
};

/** Length of a value as JSON in UTF-8. */
export const jsonBytes = (value: unknown): number => utf8Length(JSON.stringify(value) ?? "");

type Outputs<Value> = Readonly<Record<string, Value>>;

/** Outputs as they are kept: the first ones, as far as there is room, and how many were left out, if any were. */
export const keptOutputs = <Value extends OutputValue>(
  outputs: Outputs<Value>,
): Readonly<{ outputs: Outputs<Value>; outputsOmitted?: number }> => {
  let left = MAX_OUTPUTS_BYTES - "{}".length;
  const all = Object.entries(outputs);
  // A comma and a colon belong to each.
  const kept = all.filter(([key, value]) => {
    const bytes = jsonBytes(key) + jsonBytes(value) + 2;
    if (bytes <= left) left -= bytes;
    else left = -1;
    return left >= 0;
  });
  if (kept.length === all.length) return { outputs };
  return { outputs: Object.fromEntries(kept), outputsOmitted: all.length - kept.length };
};

const CUT = " … (cut by Stackcast)";

/** A text that is no longer than it may be; it says that it was cut. Half a character is none. */
export const boundedText = (text: string, most: number = MAX_TEXT_LENGTH): string =>
  text.length <= most
    ? text
    : text.slice(0, Math.max(0, most - CUT.length)).replace(/[\uD800-\uDBFF]$/, "") + CUT.slice(0, most);

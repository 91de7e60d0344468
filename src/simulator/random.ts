/**
 * Chance that repeats: numbers and ids that follow from a seed and from what they are for, so that a play has the
 * same durations and ids whatever order its timers fire in.
 */

/** A source of numbers in [0, 1). */
export type Random = () => number;

const hashOf = (text: string): number => {
  let hash = 2166136261;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  return hash >>> 0;
};

/** Mulberry32, seeded with all the parts together. */
export const randomOf = (...parts: readonly (string | number)[]): Random => {
  let state = hashOf(parts.join("\u0000"));
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const textOf = (random: Random, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");

/** Lower-case hexadecimal digits. */
export const hexOf = (random: Random, length: number): string => textOf(random, "0123456789abcdef", length);

/** Decimal digits. */
export const digitsOf = (random: Random, length: number): string => textOf(random, "0123456789", length);

/** The end of a generated physical name. */
export const suffixOf = (random: Random, length = 12): string =>
  textOf(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);

/** In the form of a UUID, version 4. */
export const uuidOf = (random: Random): string =>
  [
    hexOf(random, 8),
    hexOf(random, 4),
    `4${hexOf(random, 3)}`,
    `a${hexOf(random, 3)}`,
    hexOf(random, 12),
  ].join("-");

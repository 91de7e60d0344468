/** Widths of texts, held against a library that measures as terminals do. */
import * as fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { cleanText } from "../../../src/cli/display/text/clean-text.ts";
import { widthOfText } from "../../../src/cli/display/text/text-width.ts";

/** Pieces that join with each other, or take more or less room than one column. */
const PIECES = [
  ..."aé中한カｶﾞＡ✓…·─🙂👍❤©☎⌚𠀀กำनि",
  "\u0301",
  "\ufe0f",
  "\ufe0e",
  "\u200d",
  "\u1112\u1161\u11ab",
  "👨‍👩‍👧",
  "🇩🇪",
  "1️⃣",
  "👍🏽",
  " ",
];

describe("the width of a text", () => {
  test("is that of each character of the planes that are in use", () => {
    const wrong: string[] = [];
    for (let point = 0x20; point <= 0x1ffff; point++) {
      const text = String.fromCodePoint(point);
      if (cleanText(text) === text && widthOfText(text) !== stringWidth(text)) wrong.push(point.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("is that of what people see as one character, of whatever it is made", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        expect(widthOfText(text)).toBe(stringWidth(text));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ["plain", 5],
    ["中文", 4],
    ["e\u0301", 1],
    ["👨‍👩‍👧", 2],
    ["❤️", 2],
    ["🇩🇪🇫🇷", 4],
  ])("%s takes %i columns", (text, columns) => expect(widthOfText(text)).toBe(columns));
});

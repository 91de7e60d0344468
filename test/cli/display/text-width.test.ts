/** Widths of texts: characters that are taken for one column wide without a measurement are so. */
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { isOwn, widthOfText } from "../../../src/cli/display/text/text-width.ts";

describe("the width of a text", () => {
  test("is one column for each character that is not measured", () => {
    const own = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(isOwn);
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((character) => stringWidth(character) !== 1)).toEqual([]);
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

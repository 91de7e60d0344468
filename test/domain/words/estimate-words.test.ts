/** How much longer it takes, in words. */
import { expect, test } from "vitest";
import { estimateOf } from "../../../src/domain/estimate/estimate.ts";
import { rangeText, remainingText, remainingTextAt } from "../../../src/domain/words/estimate-words.ts";

const START = Date.UTC(2026, 0, 1);

test.each([
  [{ p50: 2, p90: 3 }, "5 s"],
  [{ p50: 28, p90: 52 }, "30–50 s"],
  [{ p50: 230, p90: 430 }, "4–7 min"],
  [{ p50: 20, p90: 200 }, "1–3 min"],
  [{ p50: 3600, p90: 7200 }, "1–2 h"],
  [{ p50: 5400, p90: 9000 }, "1.5–2.5 h"],
])("a range of %o is %s", (range, text) => {
  expect(rangeText(range)).toBe(text);
});

test("what is left runs down, and is overdue without a number of its own", () => {
  const reported = estimateOf(
    { span: { p50: 240, spread: 180 }, basis: "typical", sample: 0, usual: { p50: 300, p90: 360 } },
    START,
  );
  expect(remainingText(reported)).toBe("about 4–7 min left");
  expect(remainingTextAt(reported, START + 120_000)).toMatch(/^about 2–\d min left$/);
  const overdue = estimateOf(
    { span: undefined, basis: "typical", sample: 0, usual: { p50: 300, p90: 360 } },
    START,
  );
  expect(remainingText(overdue)).toBe("overdue: usually done after 6 min");
});

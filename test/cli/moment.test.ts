import { describe, expect, test } from "vitest";
import { momentOf } from "../../src/cli/arguments/moment.ts";

const NOW = Date.parse("2025-10-09T14:37:00.000Z");

describe("a moment in the past", () => {
  test.each([
    ["2h", "2025-10-09T12:37:00.000Z"],
    ["90", "2025-10-09T14:35:30.000Z"],
    ["2025-10-09", "2025-10-09T00:00:00.000Z"],
    ["2025-10-09T14:00Z", "2025-10-09T14:00:00.000Z"],
    ["2025-10-09T14:00:01.5+02:00", "2025-10-09T12:00:01.500Z"],
  ])("%s is %s", (text, moment) => expect(momentOf(text, NOW)).toBe(moment));

  test.each(["", "yesterday", "2025-10-09T14:00", "2025-13-45", "-2h"])("is not %j", (text) =>
    expect(momentOf(text, NOW)).toBeUndefined(),
  );
});

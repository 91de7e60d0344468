import { expect, test } from "vitest";
import { outputValueSchema, sentOutputSchema } from "../../src/protocol/stack/output-value.ts";

test.each([
  "text",
  5432,
  true,
  null,
  [],
  {},
  ["a", 1, null],
  { subnets: [{ id: "subnet-1", tags: { team: "a" } }] },
])("the output %j is kept as it is sent", (value) => {
  expect(sentOutputSchema.parse(value)).toEqual(value);
  expect(outputValueSchema.parse(value)).toEqual(value);
});

test("what is nested deeper is kept as JSON text, and can be shown", () => {
  const value = { a: [{ b: { c: { d: 1 } } }] };
  const kept = sentOutputSchema.parse(value);
  expect(kept).toBe(JSON.stringify(value));
  expect(outputValueSchema.parse(kept)).toBe(kept);
});

/** Whatever is stored comes back from an export as it was. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonOfValue, valueOfJson } from "../../src/channel/copy/copied-value.ts";

const stored = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value")),
    fc.array(fc.tuple(tie("value"), tie("value"))).map((pairs) => new Map(pairs)),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("$map", "$bytes", "$object")), tie("value"), {
      noNullPrototype: true,
    }),
  ),
})).value;

test("any value but bytes, which Node cannot write as Base64 yet, is the same again after it was JSON text", () => {
  fc.assert(
    fc.property(stored, (value) => {
      expect(valueOfJson(JSON.parse(JSON.stringify(jsonOfValue(value))))).toEqual(value);
    }),
  );
});

/** A name is replaced where it stands for a person, and nowhere else. */
import { expect, test } from "vitest";
import { withoutSubject } from "../../src/domain/forgotten.ts";

test("a name is replaced in the fields that name a person, however deep, also in JSON within text and in maps", () => {
  const log = [
    '{"type":"deployment_started","data":{"user":"kim","environment":"kim"}}',
    "not json",
    '{"type":"deployment_dequeued","data":{"by":"kim"}}',
  ].join("\n");
  const stored = {
    createdBy: "kim",
    stack: "kim",
    tags: { "stackcast:user": "kim", team: "kim" },
    log,
    owners: new Map([["owner", "kim"]]),
    bytes: new Uint8Array([1]),
    message: "kim said so",
    list: [{ actor: "kim" }, "kim"],
    none: null,
  };
  expect(withoutSubject(stored, "kim")).toEqual({
    count: 6,
    value: {
      ...stored,
      createdBy: "forgotten",
      tags: { "stackcast:user": "forgotten", team: "kim" },
      log: log.replace('"user":"kim"', '"user":"forgotten"').replace('"by":"kim"', '"by":"forgotten"'),
      owners: new Map([["owner", "forgotten"]]),
      list: [{ actor: "forgotten" }, "kim"],
    },
  });
});

test("what does not hold the name is the same text, character for character", () => {
  const text = '{ "user": "Kim", "note": "kim@x" }';
  expect(withoutSubject(text, "kim")).toEqual({ value: text, count: 0 });
});

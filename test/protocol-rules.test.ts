/** Every rule of PROTOCOL.md is proved by a test that carries its id in the title, and no title names a rule that is not there. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

const idsIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, id]) => id ?? "");

const rules = idsIn(
  readFileSync(join(root, "src/protocol/PROTOCOL.md"), "utf8"),
  /^- \*\*\[([A-Z]\d+)\]\*\*/gm,
);

/** Titles of all tests, as they stand in the files. */
const titles = globSync("test/**/*.test.ts", { cwd: root }).flatMap((file) => {
  const text = readFileSync(join(root, file), "utf8");
  return idsIn(text, /\b(?:test|it)(?:\.[a-z]+(?:\([^)]*\))?)*\(\s*(["'`].*?["'`])\s*,/gs);
});

const proved = new Set(titles.flatMap((title) => idsIn(title, /\[([A-Z]\d+)\]/g)));

test("every rule has one id and at least one test", () => {
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.length).toBeGreaterThan(0);
  expect(rules.filter((id) => !proved.has(id))).toEqual([]);
});

test("every rule that a title names exists", () => {
  expect([...proved].filter((id) => !rules.includes(id))).toEqual([]);
});

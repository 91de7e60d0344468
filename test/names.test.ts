/** An exported name has one meaning: no two modules declare the same one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The simulator is a program of its own, which speaks AWS's language: its names are held against each other only. */
const PROGRAMS: Readonly<Record<string, (file: string) => boolean>> = {
  Stackcast: (file) => !file.startsWith("src/simulator/"),
  "the simulator": (file) => file.startsWith("src/simulator/"),
};

/** Declarations, and not what is exported from elsewhere. */
const EXPORTED = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/gm;

const exportsOf = (source: string): readonly string[] => [
  ...new Set([...source.matchAll(EXPORTED)].map(([, name]) => name!)),
];

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => join("src", file));

test("Declarations are found, and what a module passes on is not", () => {
  const source =
    'export const one = 1;\nexport type Two = 2;\nexport { three } from "./three.ts";\nconst four = 4;\n';
  expect(exportsOf(source)).toEqual(["one", "Two"]);
});

test.each(Object.entries(PROGRAMS))("No exported name of %s is declared in two modules", (_, isIn) => {
  const homes = new Map<string, string[]>();
  for (const file of files.filter(isIn))
    for (const name of exportsOf(readFileSync(file, "utf8")))
      homes.set(name, [...(homes.get(name) ?? []), file]);
  expect(homes.size).toBeGreaterThan(100);
  expect([...homes].filter(([, modules]) => modules.length > 1)).toEqual([]);
});

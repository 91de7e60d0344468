/** Which file of a folder imports which, for values and for types alike, as the source says it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Static, dynamic and type imports, and re-exports. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+\.tsx?)"/g;

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, path]) => join(dirname(file), path!));

/** Each source file with the files that it imports, relative to the project. */
export const importsIn = (folder: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name))
      .map((file) => [file, importsOf(file)]),
  );

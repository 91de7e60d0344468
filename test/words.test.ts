/** Texts that people read, and documents, keep to the field's words; src/DECISIONS.md says which. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

/** Retired words, each with what is said in its place. */
const RETIRED: Readonly<Record<string, RegExp>> = {
  "fix, recover": /\bmend(s|ed|ing)?\b/i,
  "roll back, restore": /\b(puts?|putting|takes?|taken|taking) back\b/i,
  "reported, sent, notified, shown": /\btold\b(?! apart)/i,
  "rolled back, revert": /\bundone\b/i,
  "no events yet, not started": /\bnot begun\b/i,
  again: /\banew\b/i,
  "run controller": /\bdesk\b/i,
  "desired stack": /\bwish(es|ed)?\b/i,
  "dependency cycle": /\bin a circle\b/i,
  "clear storage": /\b(forsake[ns]?|forsook)\b/i,
  "watchdog entry": /\benrol(ment|led|s)?\b/i,
  "rate limit": /\bsays too much\b/i,
  "slow consumer": /\bdoes not keep up\b/i,
};

/** Names on the wire and in storage stay as they are. */
const KEPT = new Set(["mend", "told/", "anew"]);

const filesOf = (folder: string, ending: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => ending.test(file))
    .map((file) => join(folder, file));

/** Quoted texts and texts between tags, without comments and without what is put into templates. */
const textsOf = (source: string): string[] => {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/ .*$/gm, "$1");
  const texts = code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|>\s*([A-Z][^<>{}=;]*)[<{]/g);
  return [...texts]
    .map(([, quoted, template, tagged]) => quoted ?? template?.replace(/\$\{[^}]*\}/g, "") ?? tagged ?? "")
    .filter((text) => !KEPT.has(text) && !/^[./]*[\w/-]+\.(tsx?|md)$/.test(text));
};

const retiredIn = (file: string, texts: readonly string[]): string[] =>
  texts.flatMap((text) =>
    Object.entries(RETIRED).flatMap(([instead, word]) => {
      const found = word.exec(text)?.[0];
      return found === undefined ? [] : [`${file}: "${found}" (say: ${instead})`];
    }),
  );

describe("retired words", () => {
  test("are found by their forms, and not within other words", () => {
    const sample = 'say("It is put back"); const told = `${told} was ${x}`; /* anew */ say("recommend")';
    expect(retiredIn("sample", textsOf(sample))).toEqual(['sample: "put back" (say: roll back, restore)']);
  });

  test("are in no text of the code", () => {
    const files = filesOf("src", /\.tsx?$/);
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((file) => retiredIn(file, textsOf(readFileSync(file, "utf8"))))).toEqual([]);
  });

  test("are in no document", () => {
    const files = ["README.md", ".github/CONTRIBUTING.md", ...filesOf("src", /\.md$/)];
    // Code in a document is code: a stored key keeps its name.
    const prose = (file: string): string => readFileSync(file, "utf8").replace(/`[^`\n]*`/g, "");
    expect(files.flatMap((file) => retiredIn(file, prose(file).split("\n")))).toEqual([]);
  });
});

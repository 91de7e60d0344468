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

/** Names that are stored, or go over the wire or between releases, with the files that may say them. */
const KEPT_NAMES: Readonly<Record<string, RegExp>> = {
  told: /^src\/(domain\/failure\/trouble|domain\/stack\/next-poll|trackers\/stack\/|destinations\/outbox\/)/,
  picture: /^src\/(domain\/run\/|trackers\/run\/|orchestrator\/)/,
  mend: /^src\/(protocol\/accounts|http\/accounts\/|trackers\/account\/|cli\/questions\/accounts|dashboard\/accounts\/)/,
  anew: /^src\/(protocol\/rpc\/stack-feed|trackers\/run\/stack-watch|trackers\/stack\/|trackers\/deployment\/stack-expectations)/,
  enrol: /^src\/(trackers\/directory\/directory|channel\/watchdog-entry)/,
};

/** Retired words in names. */
const RETIRED_NAME =
  /^(told|untold|retold|wish|wishes|wished|pictures?|pictured|desk|mend|mends|mended|anew|undone|enrol|enrolment|forsaken?|forsook)$/i;

/** Names in code, without its comments and its texts; what is put into templates counts. */
const namesOf = (source: string): readonly string[] => {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[\s{(])\/\/ .*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  return [...new Set([...code.matchAll(/[A-Za-z_$][\w$]*/g)].map(([name]) => name))];
};

const hasRetiredWord = (name: string): boolean =>
  name.split(/_|(?<=[a-z\d])(?=[A-Z])/).some((word) => RETIRED_NAME.test(word));

const retiredNamesIn = (file: string, source: string): string[] =>
  namesOf(source)
    .filter((name) => hasRetiredWord(name) && !KEPT_NAMES[name]?.test(file))
    .map((name) => `${file}: ${name}`);

/** Comments, without the code that they quote. */
const commentsOf = (source: string): string[] =>
  [...source.matchAll(/\/\*[\s\S]*?\*\/|(?:^|[\s{(])\/\/ .*$/gm)].map(([comment]) =>
    comment.replace(/`[^`\n]*`/g, "").replace(/\s*\n\s*\* ?/g, " "),
  );

describe("retired words", () => {
  test("are found by their forms, and not within other words", () => {
    const sample = 'say("It is put back"); const told = `${told} was ${x}`; /* again */ say("recommend")';
    expect(retiredIn("sample", textsOf(sample))).toEqual(['sample: "put back" (say: roll back, restore)']);
  });

  test("are found in names and comments", () => {
    const sample =
      'const wasTold = say("told"); /** `told`: put back,\n * taken\n * back */ const recommended = 1;';
    expect(retiredNamesIn("sample", sample)).toEqual(["sample: wasTold"]);
    expect(commentsOf(sample)).toEqual(["/** : put back, taken back */"]);
  });

  test("are in no name, no comment and no file's name", () => {
    const files = filesOf("src", /\.tsx?$/);
    expect(files.filter((file) => file.split(/[/.-]/).some((word) => RETIRED_NAME.test(word)))).toEqual([]);
    const sources = files.map((file) => [file, readFileSync(file, "utf8")] as const);
    expect(sources.flatMap(([file, source]) => retiredNamesIn(file, source))).toEqual([]);
    expect(sources.flatMap(([file, source]) => retiredIn(file, commentsOf(source)))).toEqual([]);
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

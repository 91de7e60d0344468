/**
 * The folder of recorded answers of AWS, which are no part of the project: `STACKCAST_TRACES` names it. Without it the
 * tests that need it are skipped, with the reason in their titles.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { it } from "vitest";

const folder = process.env["STACKCAST_TRACES"];

/** A test that needs the recordings. */
export const itRecorded = (title: string, run: () => void | Promise<void>): void => {
  if (folder) it(title, run);
  else it.skip(`${title} (skipped: STACKCAST_TRACES names no folder of recordings)`, run);
};

/** A file's text, by its path from the folder. */
export const recording = (path: string): string => readFileSync(resolve(folder ?? "", path), "utf8");

/** The body of a recorded HTTP exchange, which follows its headers and a blank line. */
export const recordedBody = (path: string): string => {
  const answer = recording(path).split("<<< HTTP")[1] ?? "";
  return answer.slice(answer.search(/\r?\n\r?\n/)).trim();
};

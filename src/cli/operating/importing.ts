/** Sends the lines of an export to an install, some at a time; what is there already is passed over by the server. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { adminClient } from "../../client/admin.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { asking, say, type AskingOptions } from "../asking.ts";
import { complain, complainOf } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { exportLineOf } from "./export-file.ts";
import { progressNote } from "./progress-note.ts";

/** Characters and lines that go at once; one line may be longer. */
const MOST_CHARACTERS = 2_000_000;
const MOST_LINES = 200;

/** How often what passes by itself is tried, and how long is waited between, in milliseconds. */
const TRIES = 3;
const WAIT_MS = 2_000;

/** Lines in pieces that are sent at once. */
async function* piecesOf(path: string): AsyncGenerator<readonly string[]> {
  let piece: string[] = [];
  let characters = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (piece.length > 0 && (characters + line.length > MOST_CHARACTERS || piece.length === MOST_LINES)) {
      yield piece;
      piece = [];
      characters = 0;
    }
    piece.push(line);
    characters += line.length;
  }
  if (piece.length > 0) yield piece;
}

/** `stackcast import`. */
export const importFrom = (
  name: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (server) => {
    const client = adminClient({ ...server, timeoutMs: 300_000 });
    const note = progressNote(surroundings);
    let lines = 0;
    let objects = 0;
    let isWhole = false;
    const send = async (piece: readonly string[]) => {
      for (let tries = 1; ; tries += 1) {
        const report = await client.importLines(piece.map((line) => `${line}\n`).join(""));
        const isPassing =
          !report.ok && (report.failure.code === "UNREACHABLE" || (report.failure.status ?? 0) >= 500);
        if (!isPassing || tries === TRIES) return report;
        await new Promise((done) => setTimeout(done, WAIT_MS * tries));
      }
    };
    try {
      for await (const piece of piecesOf(resolve(surroundings.cwd, name))) {
        if (lines === 0 && !("stackcast" in (exportLineOf(piece[0] ?? "") ?? {}))) {
          complain(surroundings, `${name} is no export of Stackcast, or one of a later release`);
          return EXIT.usage;
        }
        const report = await send(piece);
        if (!report.ok) {
          note.end();
          const code = complainOf(surroundings, report.failure);
          const taken = lines + (report.failure.taken ?? 0);
          complain(
            surroundings,
            `${taken} lines of ${name} are taken: fix what is wrong, and call it again to go on`,
          );
          return code;
        }
        lines += report.value.lines;
        objects += report.value.objects;
        isWhole = report.value.isWhole;
        note.say(`${objects} objects taken`);
      }
    } catch (error) {
      complain(
        surroundings,
        `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return EXIT.usage;
    } finally {
      note.end();
    }
    if (!isWhole) {
      complain(
        surroundings,
        `${name} is not whole: ${objects} objects are taken, and those behind them are missing`,
      );
      return EXIT.failed;
    }
    const words = () => [`${name} is taken: ${objects} objects.`];
    say({ file: name, lines, objects }, { lines: words }, options.output, surroundings);
    return EXIT.done;
  });

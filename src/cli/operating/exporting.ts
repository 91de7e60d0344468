/** Writes an export to a file as it comes, and goes on behind the last whole line where the connection broke. */
import { resolve } from "node:path";
import type { FileHandle } from "node:fs/promises";
import { EXPORT_PATH } from "../../client/admin.ts";
import { dataOf, type RestFailure } from "../../client/rest-call.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { Server } from "../arguments/server.ts";
import { asking, say, type AskingOptions } from "../asking.ts";
import { complain, complainOf } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { exportLineOf, lastLineOf, openExport } from "./export-file.ts";
import { progressNote } from "./progress-note.ts";

/** How often a connection may bring nothing at all before it is given up. */
const MOST_BARREN = 3;

/** Where a file stands: how an export goes on, or that it is whole. */
type Standing = Readonly<{ cursor?: string; isWhole: boolean; end: number }>;

const standingOf = async (file: FileHandle): Promise<Standing | undefined> => {
  const { size } = await file.stat();
  const last = await lastLineOf(file);
  if (!last) return size === 0 ? { isWhole: false, end: 0 } : undefined;
  const line = exportLineOf(last.text);
  if (!line) return undefined;
  if ("end" in line) return { isWhole: true, end: last.end };
  // What says no more than what it is begins again.
  return "cursor" in line
    ? { cursor: line.cursor, isWhole: false, end: last.end }
    : { isWhole: false, end: 0 };
};

/** Writes what one answer brings. A connection that breaks is no failure: what came is there. */
const received = async (
  { url, token }: Server,
  cursor: string | undefined,
  file: FileHandle,
  signal: AbortSignal,
  heard: (bytes: number) => void,
): Promise<Result<null, RestFailure>> => {
  try {
    const bearer = await token?.();
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = await fetch(url + EXPORT_PATH + query, {
      headers: bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` },
      signal,
    });
    if (answer.status !== 200 || !answer.body) {
      const data = dataOf(
        { status: answer.status, headers: answer.headers, text: await answer.text() },
        (value): value is never => value === undefined,
      );
      return data.ok ? success(null) : data;
    }
    for await (const piece of answer.body) {
      await file.appendFile(piece);
      heard(piece.length);
    }
    return success(null);
  } catch (error) {
    return failed({ code: "UNREACHABLE", message: error instanceof Error ? error.message : String(error) });
  }
};

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `stackcast export`. */
export const exportTo = (
  name: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (server) => {
    const path = resolve(surroundings.cwd, name);
    const file = await openExport(path).catch((error: unknown) => String(error));
    if (typeof file === "string") {
      complain(surroundings, `${name} cannot be written: ${file}`);
      return EXIT.usage;
    }
    const note = progressNote(surroundings);
    try {
      for (let barren = 0; ;) {
        const standing = await standingOf(file);
        if (!standing) {
          complain(surroundings, `${name} holds something else than an export: name another file`);
          return EXIT.usage;
        }
        const { cursor, isWhole, end } = standing;
        await file.truncate(end);
        if (isWhole) {
          note.end();
          const lines = () => [`${name} is whole: ${megabytes(end)}.`, "Secrets of destinations are in it."];
          say({ file: path, bytes: end }, { lines }, options.output, surroundings);
          return EXIT.done;
        }
        let bytes = 0;
        const got = await received(server, cursor, file, surroundings.interruption, (more) => {
          bytes += more;
          note.say(`${megabytes(end + bytes)} written`);
        });
        barren = bytes > 0 ? 0 : barren + 1;
        if (got.ok ? barren < MOST_BARREN : got.failure.code === "UNREACHABLE" && barren < MOST_BARREN)
          continue;
        note.end();
        if (got.ok) {
          complain(surroundings, "the server sends nothing more, and the export is not whole");
          return EXIT.failed;
        }
        const code = complainOf(surroundings, got.failure);
        if (end > 0) complain(surroundings, `${name} holds what came: call it again to go on`);
        return code;
      }
    } finally {
      await file.close();
    }
  });

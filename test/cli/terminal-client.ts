/** The terminal client in this process, for tests: its streams are kept, its machine is made up, its network is real. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Surroundings } from "../../src/cli/surroundings.ts";
import { eventually } from "../support/eventually.ts";

export type Ran = Readonly<{ code: number; stdout: string; stderr: string }>;

export type Running = Readonly<{
  stdout: () => string;
  stderr: () => string;
  /** Waits until stdout or stderr has it. */
  saw: (text: string) => Promise<void>;
  /** As a signal would. */
  interrupt: (signal?: string) => void;
  ended: Promise<Ran>;
}>;

type Machine = Partial<Pick<Surroundings, "env" | "cwd" | "isAsked">> &
  Readonly<{ isTTY?: boolean; columns?: number; rows?: number; input?: string }>;

/** Begins a command line. */
export const begin = (argv: readonly string[], machine: Machine = {}): Running => {
  const written = { stdout: "", stderr: "" };
  const interruption = new AbortController();
  const { isTTY = false, columns, rows, input = "", env = {}, cwd = tmpdir(), isAsked = false } = machine;
  const lines = input.split("\n");
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => (written[name] += text),
    isTTY,
    columns,
    rows,
  });
  const surroundings: Surroundings = {
    env,
    cwd,
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    isAsked,
    readLine: async () => lines.shift() ?? "",
    readInput: async () => input,
    interruption: interruption.signal,
  };
  return {
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    saw: async (text) => {
      const isThere = () => written.stdout.includes(text) || written.stderr.includes(text);
      await eventually(isThere, () => `${text} in: ${written.stdout}\n${written.stderr}`);
    },
    interrupt: (signal = "SIGINT") => interruption.abort(signal),
    ended: runCommandLine(argv, surroundings).then((code) => ({ code, ...written })),
  };
};

/** Runs a command line to its end. */
export const run = (argv: readonly string[], machine?: Machine): Promise<Ran> => begin(argv, machine).ended;

/** The objects of a stream of JSON. */
export const objectsIn = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A folder of its own; `remove` belongs to whoever made it. */
export const ownFolder = (): Readonly<{ path: string; remove: () => void }> => {
  const path = mkdtempSync(join(tmpdir(), "stackcast-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

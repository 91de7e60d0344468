/** The terminal client as a process of its own, as a shell starts it. */
import { spawn } from "node:child_process";
import { eventually } from "./eventually.ts";

export type Ended = Readonly<{ code: number | null; stdout: string; stderr: string }>;

export type StackcastProcess = Readonly<{
  pid: number;
  stdout: () => string;
  stderr: () => string;
  /** Waits until stdout or stderr has it. */
  saw: (text: string) => Promise<void>;
  signal: (name: NodeJS.Signals) => void;
  ended: Promise<Ended>;
}>;

type Options = Readonly<{ env?: Readonly<Record<string, string>>; cwd?: string }>;

export const LAUNCHER = new URL("../../src/cli/launcher.mjs", import.meta.url).pathname;

/** What a build or a terminal of this machine would change is left out. */
const plainEnv = (): NodeJS.ProcessEnv => {
  const { CI: _ci, GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _page, ...env } = process.env;
  return env;
};

/** Starts a command line; its output goes into pipes. */
export const stackcast = (argv: readonly string[], { env = {}, cwd }: Options = {}): StackcastProcess => {
  const child = spawn(process.execPath, [LAUNCHER, ...argv], {
    cwd,
    env: { ...plainEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (written[name] += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...written }));
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    saw: async (text) => {
      const isThere = () => written.stdout.includes(text) || written.stderr.includes(text);
      await eventually(isThere, () => `${text} in: ${written.stdout}\n${written.stderr}`, 60_000);
    },
    signal: (name) => void child.kill(name),
    ended,
  };
};

/**
 * A command that is run as if it had been started in Stackcast's place: with its own terminal, with the signals that are
 * meant for it, and with an end that the caller sees as it was.
 */
import { spawn } from "node:child_process";
import type { Surroundings } from "../surroundings.ts";

/** How it ended: with a code, by a signal, or not at all because it could not be started. */
export type ChildEnd = Readonly<
  | { kind: "exited"; code: number }
  | { kind: "killed"; signal: NodeJS.Signals }
  | { kind: "missing"; why: string }
>;

const PASSED = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/** A terminal sends these to its whole foreground group, the child included. */
const OF_THE_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

type Taken = (typeof PASSED)[number] | (typeof OF_THE_TERMINAL)[number];

/** Has signals go to the child and nowhere else; gives back what they did before. */
const takenOver = (deliver: (signal: Taken) => void): (() => void) => {
  const before = [...PASSED, ...OF_THE_TERMINAL].map((signal) => {
    const listeners = process.listeners(signal);
    const listener = (): void => deliver(signal);
    process.removeAllListeners(signal);
    process.on(signal, listener);
    return { signal, listeners, listener };
  });
  return () => {
    for (const { signal, listeners, listener } of before) {
      process.off(signal, listener);
      for (const one of listeners) process.on(signal, one);
    }
  };
};

/** Runs it to its end. */
export const runChild = (
  [program = "", ...argv]: readonly string[],
  { cwd, env, isAsked, stdout, stderr }: Surroundings,
): Promise<ChildEnd> =>
  new Promise((resolve) => {
    const isAtTerminal = isAsked || stdout.isTTY === true || stderr.isTTY === true;
    const child = spawn(program, argv, { cwd, env, stdio: "inherit", windowsHide: false });
    const giveBack = takenOver((signal) => {
      if (isAtTerminal && OF_THE_TERMINAL.some((one) => one === signal)) return;
      child.kill(signal);
    });
    const end = (how: ChildEnd): void => {
      giveBack();
      resolve(how);
    };
    child.once("error", (error) => end({ kind: "missing", why: error.message }));
    child.once("exit", (code, signal) =>
      end(signal === null ? { kind: "exited", code: code ?? 1 } : { kind: "killed", signal }),
    );
  });

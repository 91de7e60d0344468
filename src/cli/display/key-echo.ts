/**
 * Keeps what is typed from being shown by the terminal, where it would stand in the middle of a live display and move it.
 * Lines and signals stay the terminal's own business: Ctrl-C, Ctrl-Z and Ctrl-\ mean what they always mean.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

export type KeyEcho = Readonly<{
  /** Again does no harm, and is needed where somebody else may have turned it on since. */
  off: () => void;
  /** As it was found. */
  restore: () => void;
}>;

/** A terminal answers at once, or not at all. */
const PATIENCE_MS = 2_000;

/** What `stty` says of the terminal that the process belongs to; undefined if there is none, or no `stty`. */
const stty = (...args: readonly string[]): string | undefined => {
  try {
    const terminal = openSync("/dev/tty", "r+");
    try {
      const { status, stdout } = spawnSync("stty", args, {
        stdio: [terminal, "pipe", "ignore"],
        encoding: "utf8",
        timeout: PATIENCE_MS,
        killSignal: "SIGKILL",
      });
      return status === 0 ? stdout.trim() : undefined;
    } finally {
      closeSync(terminal);
    }
  } catch {
    return undefined;
  }
};

/** Whether the terminal is ours just now: whoever changes another's is stopped by it. */
const isInForeground = (): boolean => {
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(process.pid)], { encoding: "utf8" });
    return stdout?.includes("+") ?? false;
  }
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: a name, which may hold anything, stands in brackets.
  const stat = readFileSync("/proc/self/stat", "utf8");
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group !== undefined && group === foreground;
};

/** Of the terminal that the process was started in; where there is none, nothing is done. */
export const keyEcho = (): KeyEcho => {
  let found: string | undefined;
  return {
    off: () => {
      if (!isInForeground()) return;
      found ??= stty("-g");
      if (found !== undefined) stty("-echo");
    },
    restore: () => {
      if (found !== undefined && isInForeground()) stty(found);
      found = undefined;
    },
  };
};

/** A real terminal for tests: a pane of a tmux server of its own, with a plain shell in it. */
import { execFileSync, spawnSync } from "node:child_process";
import { eventually } from "../support/eventually.ts";
import { leash, type Leash } from "../support/leash.ts";

/** Whether there is a tmux; without one tests of the terminal are skipped with this said. */
export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

export const whyNoTerminal = "no tmux on this machine (apt-get install tmux)";

let servers = 0;

/** The shell's prompt: what stands before it was written by the commands. */
export const PROMPT = "ready$";

export class TmuxTerminal {
  readonly #socket: string;
  readonly #leash: Leash;

  constructor(size: Readonly<{ columns: number; rows: number }>, env: Readonly<Record<string, string>>) {
    this.#socket = `stackcast-test-${process.pid}-${++servers}`;
    const variables = Object.entries({ ...env, PS1: `${PROMPT} `, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" });
    this.#tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      String(size.columns),
      "-y",
      String(size.rows),
      ...variables.flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      // Not as one word, which a shell would run that forgets the prompt.
      "bash",
      "--norc",
      "--noprofile",
    );
    this.#tmux("set-option", "-g", "history-limit", "5000");
    this.#tmux("set-option", "-g", "window-size", "manual");
    const pid = Number(this.#tmux("display-message", "-p", "#{pid}"));
    this.#leash = leash(pid, "SIGKILL");
  }

  #tmux(...given: readonly string[]): string {
    return execFileSync("tmux", ["-L", this.#socket, "-u", ...given], { encoding: "utf8" }).trimEnd();
  }

  /** What is on the screen, row by row, without empty rows at its end. */
  get screen(): string[] {
    return this.#tmux("capture-pane", "-p").split("\n");
  }

  /** What can be scrolled to, and the screen; rows that the terminal has wrapped are joined again. */
  get story(): string[] {
    return this.#tmux("capture-pane", "-p", "-J", "-S", "-")
      .split("\n")
      .map((row) => row.trimEnd());
  }

  get isCursorVisible(): boolean {
    return this.#tmux("display-message", "-p", "#{cursor_flag}") === "1";
  }

  /** Types a line and Enter. */
  type(line: string): void {
    this.#tmux("send-keys", "-l", line);
    this.#tmux("send-keys", "Enter");
  }

  /** Presses a key, such as `C-c`. */
  press(key: string): void {
    this.#tmux("send-keys", key);
  }

  /** Sends a signal to what runs in front of the shell. */
  signal(name: "TERM" | "HUP"): void {
    const shell = this.#tmux("display-message", "-p", "#{pane_pid}");
    const child = execFileSync("ps", ["-o", "pid=", "--ppid", shell], { encoding: "utf8" });
    process.kill(Number(child), `SIG${name}`);
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Resolves with the screen once it is as wanted. */
  until(
    what: string,
    wanted: (screen: readonly string[]) => boolean,
    patienceMs = 60_000,
  ): Promise<string[]> {
    let seen: string[] = [];
    return eventually(
      () => {
        seen = this.screen;
        return wanted(seen) && seen;
      },
      () => `${what}; the screen shows:\n${seen.join("\n")}`,
      patienceMs,
    );
  }

  close(): void {
    this.#tmux("kill-server");
    this.#leash.release();
  }
}

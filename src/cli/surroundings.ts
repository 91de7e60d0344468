/** What a command has of the machine that it runs on, beside the network: given to it, so that tests can give their own. */

import type { KeyEcho } from "./display/key-echo.ts";

/** Where text goes: a terminal, a pipe or a file. */
export type TextSink = Readonly<{
  write: (text: string) => unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
  on?: (event: "resize", listener: () => void) => unknown;
  off?: (event: "resize", listener: () => void) => unknown;
}>;

export type Surroundings = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths begin at. */
  cwd: string;
  /** Results. */
  stdout: TextSink;
  /** Notes. */
  stderr: TextSink;
  /** Of the terminal that the process was started in. */
  echo?: (() => KeyEcho) | undefined;
  /** Whether somebody sits at the input and can be asked. */
  isAsked: boolean;
  /** What is typed, up to the end of the line. */
  readLine: () => Promise<string>;
  /** All of what is piped in. */
  readInput: () => Promise<string>;
  /** Aborted when the process is asked to end; the reason is the signal's name. */
  interruption: AbortSignal;
}>;

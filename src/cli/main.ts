/** The process: its streams and signals as a command's surroundings, and the code that it ends with. */
import { isatty } from "node:tty";
import { runCommandLine } from "./command-line.ts";
import { complain } from "./complaint.ts";
import { keyEcho } from "./display/key-echo.ts";
import { EXIT } from "./arguments/exit-code.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a shell shows of a process that a signal has ended. */
const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;

const interruption = new AbortController();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    // Who asks twice does not want to wait.
    if (interruption.signal.aborted) process.exit(SIGNALS[signal]);
    interruption.abort(signal);
  });

// Whoever read the output has read enough.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.failed);
  });

const readInput = async (): Promise<string> => {
  let text = "";
  for await (const part of process.stdin.setEncoding("utf8")) text += String(part);
  return text;
};

const readLine = async (): Promise<string> => {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin });
  try {
    return await Promise.race([
      new Promise<string>((resolve) => lines.once("line", resolve)),
      new Promise<string>((resolve) => lines.once("close", () => resolve(""))),
      new Promise<string>((resolve) =>
        interruption.signal.addEventListener("abort", () => resolve(""), { once: true }),
      ),
    ]);
  } finally {
    lines.close();
  }
};

const surroundings: Surroundings = {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  echo: process.stdout.isTTY ? keyEcho : undefined,
  isAsked: isatty(0),
  readLine,
  readInput,
  interruption: interruption.signal,
};

const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write("", () => resolve()));

try {
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
} catch (error) {
  complain(
    surroundings,
    `this should not happen: ${error instanceof Error ? (error.stack ?? "") : String(error)}`,
  );
  process.exitCode = EXIT.failed;
}
await Promise.all([written(process.stdout), written(process.stderr)]);
// A connection that is being closed would hold the process for its other end's answer.
process.exit();

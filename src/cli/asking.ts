/** One question to the server and its answer, in the mode that is wanted: for people, as one document, or a line each. */
import { restClient, type RestClient } from "../client/rest.ts";
import type { RestFailure } from "../client/rest-call.ts";
import type { Result } from "../protocol/result.ts";
import { complain, complainOf } from "./complaint.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import { outputModeOf, type Output } from "./arguments/output-mode.ts";
import { serverOf, type Server, type ServerOptions } from "./arguments/server.ts";
import type { Surroundings } from "./surroundings.ts";
import { versionLine } from "./telling/json-lines.ts";
import { jsonLine } from "./telling/json-text.ts";

export type AskingOptions = ServerOptions & Readonly<{ output: Output }>;

/** Resolves once the process is asked to end. */
export const interrupted = ({ interruption }: Surroundings): Promise<"interrupted"> =>
  new Promise((resolve) => {
    if (interruption.aborted) resolve("interrupted");
    interruption.addEventListener("abort", () => resolve("interrupted"), { once: true });
  });

/** What is done with the server that was found; it listens to interruptions itself. */
export const withServerOf = (
  options: ServerOptions,
  surroundings: Surroundings,
  work: (server: Server, rest: RestClient) => Promise<ExitCode>,
): Promise<ExitCode> | ExitCode => {
  const server = serverOf(options, surroundings.env);
  if (server.ok) return work(server.value, restClient(server.value));
  complain(surroundings, server.failure);
  return EXIT.usage;
};

/** What is asked of the server that was found, and given up as soon as the process is asked to end. */
export const asking = (
  options: ServerOptions,
  surroundings: Surroundings,
  ask: (server: Server, rest: RestClient) => Promise<ExitCode>,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server, rest) => {
    const code = await Promise.race([ask(server, rest), interrupted(surroundings)]);
    return code === "interrupted" ? EXIT.interrupted : code;
  });

/** How an answer is said. */
export type Saying<Value> = Readonly<{
  /** For people, line by line. */
  lines: (value: Value) => readonly string[];
  /** What is wrong, for those who want to see nothing else. */
  problems?: (value: Value) => readonly string[];
  /** Its parts, where it has some. */
  items?: (value: Value) => readonly object[];
}>;

/** Says a value on stdout. */
export const say = <Value extends object>(
  value: Value,
  { lines, problems = () => [], items = (whole) => [whole] }: Saying<Value>,
  output: Output,
  { stdout, env }: Surroundings,
): void => {
  const write = (texts: readonly string[]): void =>
    void (texts.length > 0 && stdout.write(`${texts.join("\n")}\n`));
  switch (outputModeOf(output, stdout.isTTY === true, env)) {
    case "tty":
    case "plain":
      return write(lines(value));
    case "errors":
      return write(problems(value));
    case "json":
      return void stdout.write(jsonLine(value));
    case "ndjson": {
      const parts = items(value);
      stdout.write(versionLine());
      for (const part of parts) stdout.write(jsonLine(part));
      return void stdout.write(jsonLine({ type: "summary", exitCode: EXIT.done, items: parts.length }));
    }
    case "quiet":
      return;
  }
};

/** Says what the server answered, or why it did not. */
export const answered = <Value extends object>(
  answer: Result<Value, RestFailure>,
  saying: Saying<Value>,
  output: Output,
  surroundings: Surroundings,
): ExitCode => {
  if (!answer.ok) return complainOf(surroundings, answer.failure);
  say(answer.value, saying, output, surroundings);
  return EXIT.done;
};

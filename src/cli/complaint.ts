/** Why a command did not do what it was asked, in words for the one who asked. */
import type { RestFailure } from "../client/rest-call.ts";
import { cleanText } from "./display/text/clean-text.ts";
import { exitOfFailure, type ExitCode } from "./arguments/exit-code.ts";
import type { Surroundings } from "./surroundings.ts";
import { ownEntry } from "../domain/own-entry.ts";

/** What to do about it, where that is known. */
const HINTS: Readonly<Record<string, string>> = {
  UNAUTHENTICATED:
    "Sign in with stackcast login, or give a token that the server accepts by STACKCAST_TOKEN or --token.",
  TOKEN_EXPIRED: "Sign in with stackcast login again, or give a new token by STACKCAST_TOKEN or --token.",
  FORBIDDEN: "stackcast token inspect shows the role and the channels of a token.",
  RUN_UNDERWAY: "Follow it with stackcast watch, or end it with stackcast cancel.",
  PLAN_NOT_FOUND: "Give one: stackcast deploy <deploymentId> --environment <name> --plan plan.yaml",
  DEPLOYMENT_NOT_FOUND:
    "stackcast list shows those that exist; stackcast watch --wait waits for one to start.",
  UNREACHABLE: "Is the address right, and is Stackcast running there?",
};

/** A message and what belongs to it, a line each. */
const linesOf = ({ code, message, details = [], requestId }: RestFailure): string[] => {
  const hint = ownEntry(HINTS, code);
  return [
    `${message} (${[code, ...(requestId === undefined ? [] : [`request ${requestId}`])].join(", ")})`,
    ...details.map(({ field, message: why }) => `  ${field}: ${why}`),
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ];
};

/** Says what is wrong, on stderr. */
export const complain = ({ stderr }: Pick<Surroundings, "stderr">, ...lines: readonly string[]): void => {
  const [first = "", ...more] = lines.map(cleanText);
  stderr.write(`${[`stackcast: ${first}`, ...more].join("\n")}\n`);
};

/** Says why the server did not do it, and gives what the process ends with. */
export const complainOf = (surroundings: Pick<Surroundings, "stderr">, failure: RestFailure): ExitCode => {
  complain(surroundings, ...linesOf(failure));
  return exitOfFailure(failure);
};

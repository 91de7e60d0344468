/** How a command says what it has to say. */

export const OUTPUTS = ["auto", "tty", "plain", "ndjson", "json", "errors", "quiet"] as const;

export type Output = (typeof OUTPUTS)[number];

/** `tty`: repainted; `plain`: changes as lines; `ndjson`: events; `json`: one document; `errors`: failures; `quiet`: nothing. */
export type OutputMode = Exclude<Output, "auto">;

type Env = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

/** Whether a build runs the command: nobody looks, and all is kept as text. */
const isBuild = ({ CI, GITHUB_ACTIONS }: Env): boolean =>
  (isSet(CI) && CI !== "false" && CI !== "0") || GITHUB_ACTIONS === "true";

/** `auto` repaints a terminal that can be repainted and that is no build's. */
export const outputModeOf = (wanted: Output, isTerminal: boolean, env: Env): OutputMode => {
  if (wanted !== "auto") return wanted;
  return isTerminal && !isBuild(env) && env["TERM"] !== "dumb" ? "tty" : "plain";
};

/** NO_COLOR counts if it holds anything, FORCE_COLOR goes before it unless it says no. */
export const hasColor = (isTerminal: boolean, env: Env): boolean => {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return !isSet(refused) && isTerminal && terminal !== "dumb";
};

/** The one way to write a line: JSON, with its level first, so that the platform's log can be searched by field. */

/** How grave a line is; the runtime keeps it as the level of its own log, too. */
type LogLevel = "debug" | "info" | "warn" | "error";

const write = {
  debug: (text: string) => console.debug(text),
  info: (text: string) => console.info(text),
  warn: (text: string) => console.warn(text),
  error: (text: string) => console.error(text),
} as const satisfies Record<LogLevel, (text: string) => void>;

/** Writes one line. What is undefined is left out. No secret and no text of a stranger belongs into it. */
export const logLine = (
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void => write[level](JSON.stringify({ level, message, ...fields }));

/** The audit trail of a deployment, page by page, as it comes. */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { AuditEntry } from "../../protocol/deployment/deployment-requests.ts";
import { asking } from "../asking.ts";
import type { AuditOptions } from "../commands/audit.ts";
import { complain, complainOf } from "../complaint.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { outputModeOf } from "../arguments/output-mode.ts";
import type { Surroundings } from "../surroundings.ts";
import { versionLine } from "../telling/json-lines.ts";
import { jsonLine } from "../telling/json-text.ts";

/** A day alone is meant in UTC, from its beginning or to its end. */
const momentOf = (text: string, isEnd: boolean): string | undefined => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = Date.parse(day ? `${text}T${isEnd ? "23:59:59.999" : "00:00:00.000"}Z` : text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

const reasonOf = ({ data }: AuditEntry): string => {
  const { error, reason, resource } = data;
  const text = typeof error === "object" && error !== null && "message" in error ? error.message : reason;
  const name =
    typeof resource === "object" && resource !== null && "name" in resource
      ? ` ${String(resource.name)}`
      : "";
  return `${name}${typeof text === "string" && text !== "" ? `: ${text}` : ""}`;
};

const lineOf = (entry: AuditEntry): string => {
  const { timestamp, type, stack, user } = entry;
  // What follows the time makes the table's key its own.
  const [time = ""] = timestamp.split("#");
  const where = stack === undefined || stack === "-" ? "" : ` [${stack}]`;
  const who = user === undefined || user === "-" ? "" : ` (${user})`;
  return cleanText(`${time} ${String(entry.offset).padStart(5)}${where} ${type}${reasonOf(entry)}${who}`);
};

/** `stackcast audit`. */
export const audit = (
  address: DeploymentAddress,
  options: AuditOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { deployments }) => {
    const { stdout, env } = surroundings;
    const from = options.from === undefined ? undefined : momentOf(options.from, false);
    const to = options.to === undefined ? undefined : momentOf(options.to, true);
    if (
      (options.from !== undefined && from === undefined) ||
      (options.to !== undefined && to === undefined)
    ) {
      complain(surroundings, "--from and --to need a time such as 2026-01-31 or 2026-01-31T12:00:00Z");
      return EXIT.usage;
    }
    const mode = outputModeOf(options.output, stdout.isTTY === true, env);
    const items: AuditEntry[] = [];
    let count = 0;
    let cursor: string | undefined;
    if (mode === "ndjson") stdout.write(versionLine());
    do {
      const answer = await deployments.audit(address, {
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(cursor !== undefined && { cursor }),
      });
      if (!answer.ok) return complainOf(surroundings, answer.failure);
      const page = answer.value.items.slice(0, (options.limit ?? Infinity) - count);
      count += page.length;
      if (mode === "json") items.push(...page);
      for (const entry of page) {
        if (mode === "ndjson") stdout.write(jsonLine(entry));
        const isShown =
          mode === "tty" || mode === "plain" || (mode === "errors" && entry.type.endsWith("_failed"));
        if (isShown) stdout.write(`${lineOf(entry)}\n`);
      }
      cursor = answer.value.nextCursor;
    } while (cursor !== undefined && count < (options.limit ?? Infinity));
    if (mode === "json")
      stdout.write(jsonLine({ items, ...(cursor !== undefined && { nextCursor: cursor }) }));
    if (mode === "ndjson") stdout.write(jsonLine({ type: "summary", exitCode: EXIT.done, items: count }));
    if (count === 0 && (mode === "tty" || mode === "plain"))
      complain(surroundings, "the trail holds nothing here");
    return EXIT.done;
  });

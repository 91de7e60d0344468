/** AWS accounts, how they let Stackcast in, and whether everything that Stackcast needs works. */
import { accountsClient, type AccountCheck } from "../../client/accounts.ts";
import { success } from "../../protocol/result.ts";
import { answered, asking, say, type AskingOptions } from "../asking.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { AddAccountOptions } from "../commands/accounts.ts";
import { complainOf } from "../complaint.ts";
import { cleanText } from "../display/text/clean-text.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";

/** A check asks AWS for each right in each region. */
const CHECK_MS = 120_000;

type Answered = Promise<ExitCode> | ExitCode;

/** `stackcast accounts list`. */
export const listAccounts = (options: AskingOptions, surroundings: Surroundings): Answered =>
  asking(options, surroundings, async (server) =>
    answered(
      await accountsClient(server).list(),
      {
        lines: ({ items }) =>
          items.length === 0
            ? ["There are no accounts beside Stackcast's own."]
            : tableLines(
                [
                  { heading: "alias", of: ({ alias }) => alias },
                  { heading: "account", of: ({ accountId }) => accountId },
                  { heading: "regions", of: ({ regions }) => regions.join(", ") },
                  { heading: "trust", of: ({ trust = "" }) => trust },
                ],
                items,
              ),
        items: ({ items }) => items,
      },
      options.output,
      surroundings,
    ),
  );

/** `stackcast accounts add`. */
export const addAccount = (
  alias: string,
  accountId: string,
  { region, observe, deploy, executionRole, trust, ...options }: AddAccountOptions,
  surroundings: Surroundings,
): Answered =>
  asking(options, surroundings, async (server) =>
    answered(
      await accountsClient(server).add({
        alias,
        accountId,
        regions: region,
        ...(observe !== undefined && { observe }),
        ...(deploy !== undefined && { deployRoleArn: deploy }),
        ...(executionRole !== undefined && { executionRoleArn: executionRole }),
        ...(trust !== undefined && { trust }),
      }),
      {
        lines: ({ installCommand, quickCreateUrl }) => [
          `${alias} is known. Let Stackcast in, with credentials of the account ${accountId}:`,
          `  ${cleanText(installCommand)}`,
          "or in the AWS console:",
          ...Object.entries(quickCreateUrl).map(([where, url]) => `  ${where}  ${cleanText(url)}`),
          `Then: stackcast accounts check ${alias}`,
        ],
      },
      options.output,
      surroundings,
    ),
  );

const linesOf = ({ findings }: AccountCheck): readonly string[] =>
  findings.flatMap(({ name, ok, evidence, mend: remedy }) => [
    cleanText(`${ok ? "✓" : "✗"} ${name}: ${evidence}`),
    ...(remedy === undefined ? [] : [cleanText(`  → ${remedy}`)]),
  ]);

/** `stackcast accounts check` and `stackcast doctor`: 1 if something does not work. */
export const checkAccounts = (
  aliases: readonly string[] | undefined,
  options: AskingOptions,
  surroundings: Surroundings,
): Answered =>
  asking(options, surroundings, async (server) => {
    const client = accountsClient({ ...server, timeoutMs: CHECK_MS });
    const known = aliases ? success({ items: aliases.map((alias) => ({ alias })) }) : await client.list();
    if (!known.ok) return complainOf(surroundings, known.failure);
    const all = aliases ?? ["default", ...known.value.items.map(({ alias }) => alias)];
    const checks: (AccountCheck & Readonly<{ alias: string }>)[] = [];
    for (const alias of all) {
      const check = await client.check(alias);
      if (!check.ok) return complainOf(surroundings, check.failure);
      checks.push({ alias, ...check.value });
    }
    const ok = checks.every((check) => check.ok);
    const headed = (check: (typeof checks)[number], lines: readonly string[]): readonly string[] =>
      lines.length === 0 ? [] : [`${check.alias}:`, ...lines.map((line) => `  ${line}`)];
    const wrong = ({ findings, ...check }: (typeof checks)[number]) => ({
      ...check,
      findings: findings.filter((finding) => !finding.ok),
    });
    say(
      { ok, accounts: checks },
      {
        lines: () => checks.flatMap((check) => headed(check, linesOf(check))),
        problems: () => checks.map(wrong).flatMap((check) => headed(check, linesOf(check))),
        items: () => checks,
      },
      options.output,
      surroundings,
    );
    return ok ? EXIT.done : EXIT.failed;
  });

/** `stackcast accounts remove`. */
export const removeAccount = (alias: string, options: AskingOptions, surroundings: Surroundings): Answered =>
  asking(options, surroundings, async (server) =>
    answered(
      await accountsClient(server).remove(alias),
      { lines: () => [`${alias} is removed: its roles are not assumed any more.`] },
      options.output,
      surroundings,
    ),
  );

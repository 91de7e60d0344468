/** The rules that group stacks into deployments, and what they group, as tables or for programs. */
import { groupingClient } from "../../client/grouping.ts";
import type { RestFailure } from "../../client/rest-call.ts";
import type { Grouping, GroupingPreview, GroupingRule } from "../../protocol/grouping.ts";
import { success, type Result } from "../../protocol/result.ts";
import { durationText } from "../../domain/words/durations.ts";
import { answered, asking, type AskingOptions } from "../asking.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { GroupingOptions, RuleOptions } from "../commands/stacks.ts";
import { complain, complainOf } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";

type Answered = Promise<ExitCode> | ExitCode;

type Client = ReturnType<typeof groupingClient>;

const tagsText = ({ tags }: GroupingRule): string => {
  if (tags === undefined) return "";
  return tags === true ? "the usual ones" : [tags.deployment, tags.environment].filter(Boolean).join(", ");
};

const rulesTable = (rules: readonly GroupingRule[]): string[] =>
  tableLines<GroupingRule & Readonly<{ number: number }>>(
    [
      { heading: "rule", of: ({ number }) => String(number), isNumber: true },
      { heading: "match", of: ({ match = "" }) => match },
      { heading: "tags", of: tagsText },
      { heading: "account", of: ({ account = "" }) => account },
      { heading: "region", of: ({ region = "" }) => region },
      {
        heading: "environment",
        of: ({ environment, environments = [] }) => environment ?? environments.join(", "),
      },
      {
        heading: "quiet",
        of: ({ quietSeconds }) => (quietSeconds === undefined ? "" : durationText(quietSeconds)),
        isNumber: true,
      },
    ],
    rules.map((rule, index) => ({ number: index + 1, ...rule })),
  );

const saidRules = (
  answer: Result<Grouping, RestFailure>,
  { output }: AskingOptions,
  surroundings: Surroundings,
): ExitCode =>
  answered(
    answer,
    {
      lines: ({ rules }) => (rules.length === 0 ? ["There are no rules."] : rulesTable(rules)),
      items: ({ rules }) => rules,
    },
    output,
    surroundings,
  );

/** All of it: what is asked for page by page. */
const wholePreview = async (
  client: Client,
  rules: GroupingRule[],
): Promise<Result<GroupingPreview, RestFailure>> => {
  const items: GroupingPreview["items"] = [];
  const alone: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.preview({ rules, ...(cursor !== undefined && { cursor }) });
    if (!page.ok) return page;
    items.push(...page.value.items);
    alone.push(...page.value.alone);
    cursor = page.value.nextCursor;
  } while (cursor !== undefined);
  return success({ items, alone });
};

const saidPreview = async (
  client: Client,
  rules: GroupingRule[],
  { output }: AskingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> =>
  answered(
    await wholePreview(client, rules),
    {
      lines: ({ items, alone }) => [
        ...(items.length === 0
          ? []
          : tableLines(
              [
                { heading: "deployment", of: ({ deploymentId }) => deploymentId },
                { heading: "environment", of: ({ environment }) => environment },
                { heading: "stack", of: ({ stack }) => stack },
                { heading: "rule", of: ({ rule }) => String(rule), isNumber: true },
                { heading: "channel", of: ({ channel }) => channel },
              ],
              items,
            )),
        `${items.length} grouped, ${alone.length} left alone`,
      ],
      items: ({ items }) => items,
    },
    output,
    surroundings,
  );

/** Undefined: the command line names none. */
const ruleOf = (match: string | undefined, options: RuleOptions): GroupingRule | string | undefined => {
  const { tags, account, region, environment, environments, quiet } = options;
  if (match === undefined && tags === undefined) return undefined;
  if (Array.isArray(tags) && tags.length > 2)
    return "--tags takes the names of two tags: of the deployment, and of the environment";
  const [deployment, ofEnvironment] = Array.isArray(tags) ? tags : [];
  return {
    ...(match !== undefined && { match }),
    ...(tags !== undefined && {
      tags:
        deployment === undefined
          ? (true as const)
          : { deployment, ...(ofEnvironment !== undefined && { environment: ofEnvironment }) },
    }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(environment !== undefined && { environment }),
    ...(environments && { environments }),
    ...(quiet !== undefined && { quietSeconds: quiet }),
  };
};

/** Asks for the rules, and does something with others that are made of them. */
const withRules = (
  options: AskingOptions,
  surroundings: Surroundings,
  work: (client: Client, known: Grouping) => Promise<ExitCode> | ExitCode,
): Answered =>
  asking(options, surroundings, async (server) => {
    const client = groupingClient(server);
    const known = await client.show();
    return known.ok ? work(client, known.value) : complainOf(surroundings, known.failure);
  });

/** They are set as long as nobody else has changed them meanwhile, or only tried. */
const change = async (
  client: Client,
  { rules, version }: Pick<Grouping, "rules" | "version">,
  options: GroupingOptions,
  surroundings: Surroundings,
): Promise<ExitCode> =>
  options.dryRun === true
    ? saidPreview(client, rules, options, surroundings)
    : saidRules(await client.put({ rules, version }), options, surroundings);

const refused = (surroundings: Surroundings, why: string): ExitCode => {
  complain(surroundings, why);
  return EXIT.usage;
};

/** `stackcast grouping list`. */
export const listRules = (options: AskingOptions, surroundings: Surroundings): Answered =>
  asking(options, surroundings, async (server) =>
    saidRules(await groupingClient(server).show(), options, surroundings),
  );

const withOneMore = (
  rules: readonly GroupingRule[],
  rule: GroupingRule,
  { at }: RuleOptions,
): GroupingRule[] => rules.toSpliced((at ?? rules.length + 1) - 1, 0, rule);

/** `stackcast grouping add`. */
export const addRule = (
  match: string | undefined,
  options: GroupingOptions,
  surroundings: Surroundings,
): Answered => {
  const rule = ruleOf(match, options);
  if (rule === undefined)
    return refused(
      surroundings,
      "a rule needs a pattern such as {deployment}-{environment}-{stack}, or --tags",
    );
  if (typeof rule === "string") return refused(surroundings, rule);
  return withRules(options, surroundings, (client, { rules, version }) =>
    change(client, { rules: withOneMore(rules, rule, options), version }, options, surroundings),
  );
};

/** `stackcast grouping delete`. */
export const deleteRule = (number: number, options: GroupingOptions, surroundings: Surroundings): Answered =>
  withRules(options, surroundings, (client, { rules, version }) =>
    number > rules.length
      ? refused(surroundings, `there is no rule ${number}: stackcast grouping list numbers them`)
      : change(client, { rules: rules.toSpliced(number - 1, 1), version }, options, surroundings),
  );

/** `stackcast grouping preview`. */
export const previewRules = (
  match: string | undefined,
  options: GroupingOptions,
  surroundings: Surroundings,
): Answered => {
  const rule = ruleOf(match, options);
  if (typeof rule === "string") return refused(surroundings, rule);
  return withRules(options, surroundings, (client, { rules }) =>
    saidPreview(client, rule ? withOneMore(rules, rule, options) : rules, options, surroundings),
  );
};

/** Which deployment a stack belongs to by the grouping rules: the first rule that is about it decides, or nobody does. */
import type { GroupingRule } from "../../protocol/grouping.ts";
import {
  DEFAULT_ACCOUNT,
  DEPLOYMENT_ID,
  ENVIRONMENT,
  type DeploymentAddress,
} from "../../protocol/connection/channel-names.ts";
import { patternPartsOf, patternOf, type NameParts } from "./stack-pattern.ts";

/** A stack as a rule sees it. */
export type GroupedStack = Readonly<{
  account?: string | undefined;
  region: string;
  stackName: string;
  tags?: Readonly<Record<string, string>> | undefined;
}>;

/** Where a rule puts a stack, and under which name. */
export type Group = DeploymentAddress &
  Readonly<{
    stack: string;
    /** Position of the rule, from 1. */
    rule: number;
    quietSeconds?: number | undefined;
  }>;

/** CloudFormation names nested stacks so: after their root, their resource, and chance. */
const NESTED_NAME = /-[A-Z0-9]{12,13}$/;

/** Of a rule that tells no environment. */
const ONLY_ENVIRONMENT = "default";

/** Pairs of tags that tools set on their stacks: of the deployment, and of the environment. */
const TAG_PAIRS: readonly (readonly [deployment: string, environment: string])[] = [
  ["stackcast:deployment", "stackcast:environment"],
  ["sst:app", "sst:stage"],
  ["copilot-application", "copilot-environment"],
  ["user:Application", "user:Stack"],
];

/** By the first pair of tags that is there; with an environment of the rule its own tag may be missing. */
const taggedParts = (
  { environment: fixed, tags: wanted }: GroupingRule,
  tags: Readonly<Record<string, string>>,
): NameParts | undefined => {
  const pairs = typeof wanted === "object" ? [[wanted.deployment, wanted.environment] as const] : TAG_PAIRS;
  for (const [deploymentTag, environmentTag = ""] of pairs) {
    const deployment = tags[deploymentTag];
    const environment = tags[environmentTag] ?? fixed;
    if (deployment !== undefined && environment !== undefined) return { deployment, environment };
  }
  return undefined;
};

const partsBy = (rule: GroupingRule, { stackName, tags = {} }: GroupedStack): NameParts | undefined => {
  if (rule.match === undefined) return taggedParts(rule, tags);
  const read = patternOf(rule.match);
  return "pattern" in read ? patternPartsOf(read.pattern, stackName, rule.environments) : undefined;
};

/** What is wrong with rules, by field. */
export const problemsOf = (
  rules: readonly GroupingRule[],
): readonly Readonly<{ field: string; message: string }>[] =>
  rules.flatMap(({ match, tags, environments }, index) => {
    const at = `rules.${index}`;
    if ((match === undefined) === (tags === undefined))
      return [{ field: at, message: "must have either match or tags" }];
    if (match === undefined)
      return environments ? [{ field: `${at}.environments`, message: "is for match alone" }] : [];
    const read = patternOf(match);
    if ("problem" in read) return [{ field: `${at}.match`, message: read.problem }];
    const hasEnvironment = read.pattern.some(
      (part) => "placeholder" in part && part.placeholder === "environment",
    );
    return environments && !hasEnvironment
      ? [{ field: `${at}.environments`, message: "needs {environment} in match" }]
      : [];
  });

const isAbout = (rule: GroupingRule, { account = DEFAULT_ACCOUNT, region }: GroupedStack): boolean =>
  (rule.account === undefined || rule.account === account) &&
  (rule.region === undefined || rule.region === region);

/** Where the rules put a stack; undefined: nowhere. */
export const groupOf = (rules: readonly GroupingRule[], stack: GroupedStack): Group | undefined => {
  // A nested stack belongs to its root.
  if (NESTED_NAME.test(stack.stackName)) return undefined;
  for (const [index, rule] of rules.entries()) {
    const parts = isAbout(rule, stack) ? partsBy(rule, stack) : undefined;
    if (!parts) continue;
    const { deployment = "", environment = rule.environment ?? ONLY_ENVIRONMENT, stack: name } = parts;
    // What cannot be a deployment's name is none.
    if (!DEPLOYMENT_ID.test(deployment) || !ENVIRONMENT.test(environment)) return undefined;
    return {
      deploymentId: deployment,
      environment,
      stack: name ?? stack.stackName,
      rule: index + 1,
      ...(rule.quietSeconds !== undefined && { quietSeconds: rule.quietSeconds }),
    };
  }
  return undefined;
};

/** Which deployment a stack belongs to by the rules: right, or nowhere; never wrong. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { groupOf, problemsOf, type GroupedStack } from "../../../src/domain/grouping/grouping.ts";
import {
  patternNameOf,
  patternPartsOf,
  patternOf,
  readingsOf,
} from "../../../src/domain/grouping/stack-pattern.ts";
import type { GroupingRule } from "../../../src/protocol/grouping.ts";

const USUAL = "{deployment}-{environment}-{stack}";

const patternIn = (match: string) => {
  const read = patternOf(match);
  if ("problem" in read) throw new Error(read.problem);
  return read.pattern;
};

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const hyphened = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));

describe("a name made after a pattern", () => {
  test.each([
    USUAL,
    "{environment}-{deployment}-{stack}",
    "{deployment}-{environment}",
    "cdk-{stack}-{deployment}-{environment}-x",
  ])("%s: what made it is among its readings, and each of them makes it again", (match) => {
    const pattern = patternIn(match);
    const parts = fc.record({ deployment: hyphened, environment: hyphened, stack: hyphened });
    fc.assert(
      fc.property(parts, (made) => {
        const { stack, ...others } = made;
        const known = match.includes("{stack}") ? made : others;
        const name = patternNameOf(pattern, made) ?? "";
        const readings = readingsOf(pattern, name);
        if (made.environment.length <= 32) expect(readings).toContainEqual(known);
        for (const reading of readings) expect(patternNameOf(pattern, reading)).toBe(name);
        expect(typeof stack).toBe("string");
      }),
    );
  });

  test("is read as what made it, or not at all, where the environments are known", () => {
    const pattern = patternIn(USUAL);
    const environments = ["dev", "prod"];
    const parts = fc.record({
      deployment: hyphened,
      environment: fc.constantFrom(...environments),
      stack: hyphened,
    });
    fc.assert(
      fc.property(parts, (made) => {
        const read = patternPartsOf(pattern, patternNameOf(pattern, made) ?? "", environments);
        const isClear = ![...made.deployment.split("-"), ...made.stack.split("-")].some((part) =>
          environments.includes(part),
        );
        expect(read).toEqual(isClear ? made : ((read && made) ?? undefined));
      }),
    );
  });
});

test.each([
  ["{deployment}{environment}-{stack}", "needs something between {deployment} and {environment}"],
  ["{deployment}-{stage}", "{stage} is not known here"],
  ["{environment}-{stack}", "must have {deployment}"],
  ["{deployment}-{deployment}", "{deployment} stands in it twice"],
  ["{deployment}_{stack}", "may hold letters, digits, hyphens and placeholders"],
  ["{deployment", "must have {deployment}"],
])("the pattern %s is refused by name", (match, message) => {
  expect(problemsOf([{ match: USUAL }, { match }])).toEqual([{ field: "rules.1.match", message }]);
});

test("a rule has either a pattern or tags, and environments only where they are read", () => {
  expect(
    problemsOf([
      {},
      { match: USUAL, tags: true },
      { match: "{deployment}-{stack}", environments: ["dev"] },
      { tags: true, environments: ["dev"] },
      { tags: true },
    ]).map(({ field }) => field),
  ).toEqual(["rules.0", "rules.1", "rules.2.environments", "rules.3.environments"]);
});

const stacksIn = (stackName: string, more: Partial<GroupedStack> = {}): GroupedStack => ({
  region: "us-east-1",
  stackName,
  ...more,
});

const RULES: readonly GroupingRule[] = [
  { tags: true },
  { match: "legacy-{deployment}-{stack}", environment: "prod", region: "eu-west-1" },
  { match: "{environment}-{deployment}", account: "tools" },
  { match: USUAL, quietSeconds: 90 },
];

const tags = { "stackcast:deployment": "shop", "stackcast:environment": "prod" };

/** `<deployment> <environment> <stack> by <rule>`, or undefined: left alone. */
const scenarios: readonly (readonly [what: string, stack: GroupedStack, expected: string | undefined])[] = [
  ["three parts", stacksIn("shop-prod-api"), "shop prod api by 4"],
  ["a stack's name with a hyphen", stacksIn("shop-prod-database-rds"), "shop prod database-rds by 4"],
  ["a deployment's name with a hyphen", stacksIn("my-shop-prod-api"), "my-shop prod api by 4"],
  ["capitals in a deployment's name", stacksIn("D1BRV40-dev-network"), "D1BRV40 dev network by 4"],
  ["an unusual environment that is clear", stacksIn("shop-blue-api"), "shop blue api by 4"],
  ["an unusual environment that is not clear", stacksIn("my-shop-blue-api"), undefined],
  ["two usual environments", stacksIn("shop-prod-dev-tools"), undefined],
  ["two parts", stacksIn("shop-prod"), undefined],
  ["one part", stacksIn("CDKToolkit"), undefined],
  ["capitals in the environment", stacksIn("shop-PROD-api"), undefined],
  ["a nested stack", stacksIn("shop-prod-api-NestedStack-1ABCDEF2GHIJK"), undefined],
  ["tags", stacksIn("Anything", { tags }), "shop prod Anything by 1"],
  ["tags before a name that fits", stacksIn("other-dev-api", { tags }), "shop prod other-dev-api by 1"],
  ["tags of SST", stacksIn("x", { tags: { "sst:app": "web", "sst:stage": "dev" } }), "web dev x by 1"],
  ["half of the tags", stacksIn("CdkStack", { tags: { "stackcast:deployment": "shop" } }), undefined],
  [
    "tags that are no deployment's name",
    stacksIn("a-dev-b", { tags: { ...tags, "stackcast:deployment": "a b" } }),
    undefined,
  ],
  ["a rule of another region", stacksIn("legacy-shop-api"), "legacy shop api by 4"],
  [
    "a rule of its region, with an environment",
    stacksIn("legacy-shop-api", { region: "eu-west-1" }),
    "shop prod api by 2",
  ],
  [
    "a rule of its account, without a stack",
    stacksIn("prod-ci", { account: "tools" }),
    "ci prod prod-ci by 3",
  ],
  ["a rule of another account", stacksIn("prod-ci", { account: "team" }), undefined],
  ["a name that only starts alike", stacksIn("shop-prod-"), undefined],
];

test("labelled stacks are grouped right or left alone", () => {
  const seen = scenarios.map(([what, stack]) => {
    const group = groupOf(RULES, stack);
    const text = group && `${group.deploymentId} ${group.environment} ${group.stack} by ${group.rule}`;
    return [what, stack, text];
  });
  expect(seen).toEqual(scenarios);
  expect(groupOf(RULES, stacksIn("shop-prod-api"))?.quietSeconds).toBe(90);
});
